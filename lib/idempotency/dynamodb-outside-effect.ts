import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../clock';
import { IllegalStateError } from '../errors/saga-errors';
import { findConflict, type Table } from '../table/dynamodb-table';
import { isAtOneOf, moveStatus, statesBefore } from '../table/dynamodb-transition';
import type { Answered, EffectRecord, OutsideEffect } from './outside-effect';

/** What every record of an effect has. */
export interface EffectRow {
  readonly status: string;
  readonly updatedAt: string;
  /** The state in which the undo found it; `INTENT` when it found none. */
  readonly cancelledFrom?: string;
}

/** One effect of a service: where its record is, and what is written of it. */
export interface EffectItem<Status extends string> {
  readonly effect: OutsideEffect<Status>;
  readonly key: Readonly<Record<string, string>>;
  /** Attributes that it has from the start, whoever comes first. */
  readonly terms: Readonly<Record<string, unknown>>;
  /** Attributes that only a step sets, such as the key that it passes on. */
  readonly intent?: Readonly<Record<string, unknown>>;
  readonly now: () => number;
}

/** The record of an effect in the service's own table. */
export function effectRecord<Status extends string>(table: Table, item: EffectItem<Status>): EffectRecord<Status> {
  return {
    open: () => open(table, item),
    settle: (answer) => settle(table, item, answer),
    beginUndo: () => beginUndo(table, item),
    finishUndo: (answer) => finishUndo(table, item, answer),
  };
}

async function open<Status extends string>(
  table: Table,
  { key, terms, intent, now }: EffectItem<Status>,
): Promise<Status> {
  const status = 'INTENT';
  const conflict = await findConflict<EffectRow>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...key, ...terms, status, updatedAt: toTimestamp(now()), ...intent },
        ConditionExpression: isAbsent(key),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return (conflict?.status ?? status) as Status;
}

async function settle<Status extends string>(
  table: Table,
  item: EffectItem<Status>,
  answer: Answered<Status>,
): Promise<Status> {
  const conflict = await move(table, item, 'INTENT', answer);
  if (conflict && conflict.status === undefined) throw new IllegalStateError(`${nameOf(item)} has vanished`);
  return (conflict?.status ?? answer.status) as Status;
}

/**
 * Two writes at most beside the one that a step gets in between: a record is begun to be undone; where there is none, the mark of
 * the end is put; and whoever made it fail has left a record.
 */
async function beginUndo<Status extends string>(table: Table, item: EffectItem<Status>): Promise<Status> {
  const conflict = await cancel(table, item);
  if (!conflict) return 'CANCELLING' as Status;
  if (conflict.status !== undefined) return conflict.status as Status;
  if (!(await markUndone(table, item))) return item.effect.never;
  const later = await cancel(table, item);
  return (later ? later.status : 'CANCELLING') as Status;
}

/** Stops the step, whatever it has come to. What is settled for good stays so. */
function cancel<Status extends string>(
  table: Table,
  { key, effect, now }: EffectItem<Status>,
): Promise<Partial<EffectRow> | undefined> {
  const start = isAtOneOf(statesBefore(effect.edges, 'CANCELLING'));
  const canBeUndone = effect.finality === undefined ? '' : ` AND attribute_not_exists(${effect.finality})`;
  return findConflict<EffectRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: 'SET cancelledFrom = #status, #status = :cancelling, updatedAt = :now',
        ConditionExpression: `${start.condition}${canBeUndone}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ...start.values, ':cancelling': 'CANCELLING', ':now': toTimestamp(now()) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Leaves the end of an undo where there is no record, for a late step to meet. Answers the record that came first, if any. */
function markUndone<Status extends string>(
  table: Table,
  { key, terms, effect, now }: EffectItem<Status>,
): Promise<Partial<EffectRow> | undefined> {
  const mark = { ...terms, status: effect.never, cancelledFrom: 'INTENT', updatedAt: toTimestamp(now()) };
  const names = Object.keys(mark);
  return findConflict<EffectRow>(
    table.client.send(
      // An update, because that is all that an undo is allowed: it never replaces a record.
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: isAbsent(key),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(Object.entries(mark).map(([name, value]) => [`:${name}`, value])),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

async function finishUndo<Status extends string>(
  table: Table,
  item: EffectItem<Status>,
  answer: Answered<Status>,
): Promise<Status> {
  const { status } = answer;
  const conflict = await move(table, item, 'CANCELLING', answer);
  if (!conflict || conflict.status === status) return status;
  throw new IllegalStateError(`${nameOf(item)} is ${conflict.status ?? 'not there'} and cannot become ${status}`);
}

/** Along one edge only: that other states lead to the same one is no matter here. */
function move<Status extends string>(
  table: Table,
  { key, effect, now }: EffectItem<Status>,
  from: 'INTENT' | 'CANCELLING',
  { status: to, ...changes }: Answered<Status>,
): Promise<Partial<EffectRow> | undefined> {
  return moveStatus<EffectRow>(table, { key, to, edges: effect.edges, from: [from], now: now(), ...changes });
}

function isAbsent(key: Readonly<Record<string, string>>): string {
  return `attribute_not_exists(${Object.keys(key)[0]})`;
}

function nameOf({ effect, key }: EffectItem<string>): string {
  return `the ${effect.what} of ${Object.values(key)[0]}`;
}
