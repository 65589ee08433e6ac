import { randomUUID } from 'node:crypto';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../clock';
import { log } from '../observability/log';
import { findConflict, type Table } from '../table/dynamodb-table';
import { RequestInProgressError } from './idempotency-errors';
import { type Identity, type Once, requireSameRequest } from './identity';
import type { RunOnce } from './once-per';
import { KEPT_SECONDS, keepAnswer, type RecordsTable, readAnswer, recordKey } from './record';

/** Longer than any route's function may run (28 seconds), so that only the dead lose a lease, clocks that differ included. */
export const LEASE_MS = 30_000;

/** A lease as it is stored. */
interface LeaseRecord {
  readonly fingerprint: string;
  /** Made anew for each attempt. */
  readonly owner: string;
  /** Epoch milliseconds; absent when it is done. */
  readonly leasedUntilMs?: number;
  readonly answer?: string;
  readonly expiresAtSeconds: number;
}

export interface LeaseOptions {
  /** How long a worker that died holds its key. More than the function's own time limit. Default {@link LEASE_MS}. */
  readonly leaseMs?: number;
  readonly clock?: Clock;
  /** Makes the token of an owner. */
  readonly newOwner?: () => string;
}

/**
 * Makes what runs an effect outside under a lease: one worker at a time, and its answer for whoever repeats the request, within
 * {@link KEPT_SECONDS}. Every write names its owner, so a worker that lost its lease neither ends nor frees that of another.
 *
 * A worker that dies after its effect leaves it to be repeated when the lease is over: the effect must pass a key of its
 * request on to the party, which then finds the first. What is thrown is not remembered; the lease ends with it.
 *
 * @throws {RequestInProgressError} from what it makes, while another worker holds the lease
 * @throws {IdempotencyKeyReusedError} from what it makes, when the key was used before for something else
 */
export function openLease(
  table: Table,
  contract: RecordsTable,
  { leaseMs = LEASE_MS, clock = systemClock, newOwner = randomUUID }: LeaseOptions = {},
): RunOnce {
  return async <Result>(
    identity: Identity,
    effect: () => Promise<Result>,
    isKept: (result: Result) => boolean = () => true,
  ): Promise<Once<Result>> => {
    const owner = newOwner();
    const lease: Lease = { table, key: recordKey(contract, identity), owner };
    const held = await acquire(lease, contract, identity, { leaseMs, now: clock.now() });
    // Held by ourselves: the SDK has repeated a write whose reply was lost.
    if (held && held.owner !== owner) return replay<Result>(held, identity, clock.now());
    let result: Result;
    try {
      result = await effect();
    } catch (error) {
      await release(lease);
      throw error;
    }
    if (!isKept(result)) {
      await release(lease);
      return { result, replayed: false };
    }
    const lost = await complete(lease, keepAnswer(result), clock.now());
    return lost ? replay<Result>(lost, identity, clock.now()) : { result, replayed: false };
  };
}

interface Lease {
  readonly table: Table;
  readonly key: Record<string, string>;
  readonly owner: string;
}

/** Takes the lease. Answers the record that is in the way, if any. */
function acquire(
  { table, key, owner }: Lease,
  { partitionKey }: RecordsTable,
  { fingerprint }: Identity,
  { leaseMs, now }: { leaseMs: number; now: number },
): Promise<Partial<LeaseRecord> | undefined> {
  const nowSeconds = Math.floor(now / 1000);
  const isNew = `attribute_not_exists(${partitionKey})`;
  // Compared here: DynamoDB deletes what has expired days later.
  const hasExpired = 'expiresAtSeconds <= :nowSeconds';
  // Only the request whose worker died may take its place: its effect may be there.
  const isAbandoned = 'leasedUntilMs <= :nowMs AND fingerprint = :fingerprint';
  return findConflict<LeaseRecord>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression:
          'SET #owner = :owner, leasedUntilMs = :until, fingerprint = :fingerprint, expiresAtSeconds = :expires REMOVE answer',
        ConditionExpression: `${isNew} OR ${hasExpired} OR (${isAbandoned})`,
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': owner,
          ':until': now + leaseMs,
          ':fingerprint': fingerprint,
          ':expires': nowSeconds + KEPT_SECONDS,
          ':nowMs': now,
          ':nowSeconds': nowSeconds,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Keeps the answer. Answers the record of the one who has the lease now, when it is not ours any more. */
function complete(
  { table, key, owner }: Lease,
  { answer }: { readonly answer?: string },
  now: number,
): Promise<Partial<LeaseRecord> | undefined> {
  const isOurs = '#owner = :owner';
  const keeps = answer === undefined ? '' : 'answer = :answer, ';
  return findConflict<LeaseRecord>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: `SET ${keeps}expiresAtSeconds = :expires REMOVE leasedUntilMs`,
        ConditionExpression: isOurs,
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': owner,
          ':expires': Math.floor(now / 1000) + KEPT_SECONDS,
          ...(answer !== undefined && { ':answer': answer }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/**
 * Frees the key, unless it is another's by now. When that fails the lease frees it in its time: what the caller has to hear is
 * what came of the effect.
 */
async function release({ table, key, owner }: Lease): Promise<void> {
  const isOurs = '#owner = :owner';
  const free = new DeleteCommand({
    TableName: table.name,
    Key: key,
    ConditionExpression: isOurs,
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':owner': owner },
  });
  await findConflict(table.client.send(free)).catch((error) => log('warn', 'lease not released', { error }));
}

/** What a record means to somebody who does not own it. */
function replay<Result>(record: Partial<LeaseRecord>, identity: Identity, now: number): Once<Result> {
  const { fingerprint, leasedUntilMs } = record;
  // Freed by another after our lease was over: nobody works on it, and nothing is kept.
  if (fingerprint === undefined) throw new RequestInProgressError(1);
  requireSameRequest(fingerprint, identity.fingerprint);
  if (leasedUntilMs !== undefined) {
    throw new RequestInProgressError(Math.max(1, Math.ceil((leasedUntilMs - now) / 1000)));
  }
  return { result: readAnswer<Result>(record), replayed: true };
}
