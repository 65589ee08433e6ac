import { ruleName } from '../../../../lib/service/names';
import { aRoom, NOON, PLACE } from '../../../infra/local/event-bridge/a-room';
import { openAwsEndpoint } from '../aws-endpoint';

const BUS = 'holdfast-test';

/** Who reacts to which type, by the service. */
const REACTIONS = { inventory: ['order.confirmed'], notifications: ['order.confirmed', 'task.created'] };

/** A bus of the local cloud with an archive and rules, behind the AWS endpoint. It is noon. */
export async function openArchivedEvents() {
  const { room, clock, delivered } = aRoom();
  room.createEventBus({ name: BUS });
  for (const [service, types] of Object.entries(REACTIONS)) {
    for (const type of types) {
      room.createRule({
        Name: ruleName('test', service, type),
        EventBusName: BUS,
        EventPattern: JSON.stringify({ 'detail-type': [type] }),
        Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:eu-west-1:123456789012:${service}` }],
      });
    }
  }
  const busArn = `arn:aws:events:${PLACE.region}:${PLACE.accountId}:event-bus/${BUS}`;
  room.createArchive({ ArchiveName: BUS, SourceArn: busArn });
  const endpoint = await openAwsEndpoint({ AWSEvents: () => room }, PLACE);
  return {
    clock,
    endpoint,
    /** Archives an event that happened so long after noon, and delivers it. */
    happen: async (DetailType: string, name: string, msAfterNoon: number) => {
      const Time = (NOON + msAfterNoon) / 1000;
      const Detail = JSON.stringify({ name });
      await room.handle('PutEvents', { Entries: [{ EventBusName: BUS, Source: 'any', DetailType, Detail, Time }] });
      await clock.advance(0);
      delivered.length = 0;
    },
    /** What is delivered again, as `<service>: <event>`. */
    replayed: async () => {
      await clock.advance(0);
      return delivered
        .map(({ targetArn, payload }) => `${targetArn.split(':').at(-1)}: ${JSON.parse(payload).detail.name}`)
        .sort();
    },
    replays: async () => (await room.handle('ListReplays', {})).Replays as Array<{ ReplayName: string }>,
  };
}
