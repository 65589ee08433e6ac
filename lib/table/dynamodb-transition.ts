import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../clock';
import { type OutboxEntry, outboxUpdate } from '../events/outbox';
import { findConflict, type Table } from './dynamodb-table';

/** The edges of a domain: for each status those that may follow it. */
export type Edges<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

/** A move of an item's `status` along the edges of its domain. */
export interface Transition<Status extends string> {
  readonly key: Readonly<Record<string, string>>;
  readonly to: Status;
  readonly edges: Edges<Status>;
  /** Only from these of the states that have an edge to it; all of them when absent. */
  readonly from?: readonly Status[];
  /** Becomes `updatedAt`. Epoch milliseconds. */
  readonly now: number;
  /** Other attributes that are set with it. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Other attributes that are set with it unless they are there already. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  /** Attributes that go with it. */
  readonly remove?: readonly string[];
  /** Events that the move brings about: written with it or not at all. */
  readonly emit?: readonly OutboxEntry[];
  /** What must hold beside the state, as a condition expression without names or values of its own. */
  readonly condition?: string;
}

/**
 * Moves the status in one conditional write. Answers the item that is not where the edge begins, without attributes when there
 * is none; `undefined` when the move was made.
 */
export function moveStatus<Item extends { readonly status: string }>(
  table: Table,
  { key, to, edges, from, now, set = {}, setOnce = {}, remove = [], emit = [], condition }: Transition<Item['status']>,
): Promise<Partial<Item> | undefined> {
  const starts = statesBefore(edges, to).filter((state) => from?.includes(state) ?? true);
  const start = isAtOneOf(starts);
  const all = { ...set, ...setOnce };
  const outbox = outboxUpdate(emit);
  const sets = Object.keys(all).map((name) =>
    name in setOnce ? `#${name} = if_not_exists(#${name}, :${name})` : `#${name} = :${name}`,
  );
  const removes = remove.map((name) => `#${name}`).join(', ');
  return findConflict<Item>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: `SET ${['#status = :to', 'updatedAt = :now', ...sets, ...outbox.set].join(', ')}${removes && ` REMOVE ${removes}`}`,
        ConditionExpression: condition === undefined ? start.condition : `${start.condition} AND ${condition}`,
        // Always by alias: which names DynamoDB reserves is not to be remembered.
        ExpressionAttributeNames: {
          ...Object.fromEntries(['status', ...Object.keys(all), ...remove].map((name) => [`#${name}`, name])),
          ...outbox.names,
        },
        ExpressionAttributeValues: {
          ...start.values,
          ':to': to,
          ':now': toTimestamp(now),
          ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`:${name}`, value])),
          ...outbox.values,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** The states from which an item may move to `to`. */
export function statesBefore<Status extends string>(edges: Edges<Status>, to: Status): Status[] {
  return (Object.keys(edges) as Status[]).filter((from) => edges[from].includes(to));
}

/** The condition that `#status` is one of `states`, with the values that it names. */
export function isAtOneOf(states: readonly string[]): { condition: string; values: Record<string, string> } {
  return {
    condition: `#status IN (${states.map((_, index) => `:from${index}`).join(', ')})`,
    values: Object.fromEntries(states.map((state, index) => [`:from${index}`, state])),
  };
}
