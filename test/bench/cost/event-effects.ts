import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { services } from '../../../functions/services';
import type { Use } from '../../../infra/local/usage';
import { tableName } from '../../../lib/service/names';
import { until } from '../../support/until';
import { sum } from '../measure';

/** Tables whose items are about orders and emit events. */
const emitters = services.filter(({ events = [], table }) => events.length > 0 && table?.partitionKey === 'orderId');

/** How many consumers have each type of event put into their queues. */
const consumersOf = (type: string) =>
  services
    .flatMap(({ handlers }) => Object.values(handlers))
    .filter(({ trigger }) => trigger.kind === 'events' && trigger.consumes.some(({ event }) => event.type === type))
    .length;

/** What is watched: the tables, whoever reads them, and the uses since the orders were placed. */
export interface Watched {
  readonly stage: string;
  readonly client: DynamoDBDocumentClient;
  uses(): readonly Use[];
}

/**
 * Waits until everything has happened that events of these orders bring about: each event that their items count has its notification,
 * which the sender has, and each copy that was published is out of every queue that it was put into.
 *
 * @throws {Error} when that takes a minute
 */
export async function untilEffectsAreOver(orderIds: readonly string[], watched: Watched): Promise<void> {
  const emitted = await until(
    'event of each order',
    () => countEmitted(orderIds, watched),
    (counts) => counts.every((count) => count > 0),
  );
  const expected = sum(emitted);
  await until(
    `${expected} notifications that are sent`,
    () => countSent(orderIds, watched),
    (count) => count >= expected,
  );
  await until('queue without messages', () => countMessages(watched.uses()), isOver);
}

/** By order: the numbers of the last events of its items. */
function countEmitted(orderIds: readonly string[], { stage, client }: Watched): Promise<number[]> {
  return Promise.all(
    orderIds.map(async (orderId) => {
      const items = emitters.map(({ name }) =>
        client.send(new GetCommand({ TableName: tableName(stage, name), Key: { orderId }, ConsistentRead: true })),
      );
      return sum((await Promise.all(items)).map(({ Item }) => Item?._outSeq ?? 0));
    }),
  );
}

async function countSent(orderIds: readonly string[], { stage, client }: Watched): Promise<number> {
  const wanted = new Set(orderIds);
  const TableName = tableName(stage, 'notifications');
  let count = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
    for (const { subject, status } of page.Items ?? []) {
      if (status === 'SENT' && wanted.has(subject.id)) count += 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return count;
}

interface Messages {
  readonly due: number;
  readonly sent: number;
  readonly deleted: number;
}

/** Queues of the same consumers that are not fed by a bus, those of relays and jobs, have no messages unless something fails. */
function countMessages(uses: readonly Use[]): Messages {
  const count = (operation: RegExp) =>
    sum(uses.map((use) => (use.service === 'sqs' && operation.test(use.operation) ? use.messages : 0)));
  return {
    due: sum(uses.map((use) => (use.service === 'event-bridge' ? consumersOf(use.detailType) : 0))),
    sent: count(/^Send/),
    deleted: count(/^Delete/),
  };
}

function isOver({ due, sent, deleted }: Messages): boolean {
  return due === sent && sent === deleted;
}
