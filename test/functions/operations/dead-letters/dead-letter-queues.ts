import type { Consumer } from '../../../../functions/operations/dead-letters/consumers';
import { aRoom, arnOf } from '../../../infra/local/sqs/a-room';
import { openAwsEndpoint } from '../aws-endpoint';

/** Not in the order of their names. */
const NAMES = ['tasks-relay-events', 'inventory-sell-stock'] as const;

const dead = (name: string) => `holdfast-test-${name}-dead-letters`;
const own = (name: string) => `holdfast-test-${name}`;

export const CONSUMERS: readonly Consumer[] = NAMES.map((name) => ({
  name,
  queue: own(name),
  deadLetterQueue: dead(name),
}));

/** The queues of two consumers in a room of the local cloud, behind the AWS endpoint. */
export async function openDeadLetterQueues() {
  const room = await aRoom(
    ...NAMES.map((name) => ({ queueName: dead(name) })),
    ...NAMES.map((name) => ({
      queueName: own(name),
      redrivePolicy: { deadLetterTargetArn: arnOf(dead(name)), maxReceiveCount: 5 },
    })),
  );
  const endpoint = await openAwsEndpoint(
    { AmazonSQS: room.room },
    { region: 'eu-central-1', accountId: '123456789012' },
  );
  return {
    clock: room.clock,
    endpoint,
    /** Puts letters into the dead-letter queue of a consumer. */
    die: async (name: string, ...bodies: string[]) => {
      for (const body of bodies) await room.send(dead(name), body);
    },
    /** Somebody else receives this many dead letters. */
    receiveDead: (name: string, MaxNumberOfMessages: number) => room.receive(dead(name), { MaxNumberOfMessages }),
    /** What a consumer would get now, and what is dead. */
    contents: async (name: string) => [await room.bodies(own(name)), await room.bodies(dead(name))],
    /** Moves dead letters by hand, one a second. */
    startMove: (name: string) =>
      room.call('StartMessageMoveTask', {
        SourceArn: arnOf(dead(name)),
        DestinationArn: arnOf(own(name)),
        MaxNumberOfMessagesPerSecond: 1,
      }),
    /** The moves so far. */
    moves: async (name: string) =>
      (await room.call('ListMessageMoveTasks', { SourceArn: arnOf(dead(name)), MaxResults: 10 })).Results as object[],
  };
}
