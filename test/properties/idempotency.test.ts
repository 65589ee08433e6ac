import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { createdItemId } from '../../lib/idempotency/created-item';
import { createOnce } from '../../lib/idempotency/dynamodb-created-item';
import { LEASE_MS, openLease } from '../../lib/idempotency/dynamodb-lease';
import { RECENT_KEYS, updateOnce } from '../../lib/idempotency/dynamodb-recent-keys';
import { transactOnce } from '../../lib/idempotency/dynamodb-transaction';
import { identityOfEvent } from '../../lib/idempotency/identity';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../support/room-table';
import { type Fate, interleave, type Pass, type Turn } from '../support/workers';

const CONTRACT = { partitionKey: 'id', timeToLive: 'expiresAtSeconds' } as const;
const START_MS = Date.UTC(2026, 0, 1);
const WORKERS = 4;
const RUNS = { seed: 20260101, numRuns: 40 };

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fate>('go') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('lose reply', 'die before', 'die after') },
);
const turns = fc.array(fc.record<Turn>({ worker: fc.nat(WORKERS - 1), fate: fates }), { maxLength: 40 });

/** Runs `work` in several workers that may die, and after them once more in one that lives. */
async function playWorkers(
  work: (table: Table, worker: number, pass: Pass) => Promise<unknown>,
  plan: readonly Turn[],
  { prepare, check }: { prepare?: (table: Table) => Promise<unknown>; check: (table: Table) => Promise<void> },
): Promise<void> {
  const room: RoomTable = await openRoomTable();
  await prepare?.(room.table);
  const programs = Array.from({ length: WORKERS }, (_, worker) => async (pass: Pass) => {
    await work(room.tableOf(pass), worker, pass);
  });
  await interleave(programs, plan);
  await work(room.table, WORKERS, (call) => call());
  await check(room.table);
  await room.close();
}

describe('what a request writes, whichever of its workers die', () => {
  it('is one item, the same for all, when the item is its own record', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        const id = createdItemId('thing_', 'alice', 'createThing', 'key-1');
        const answers = new Set<number>();
        const work = async (table: Table, worker: number) => {
          const { result } = await createOnce(table, 'id', { id, requestHash: 'hash', madeBy: worker });
          answers.add(result.madeBy);
        };

        await playWorkers(work, plan, {
          check: async (table) => {
            const item = await findItem<{ madeBy: number }>(table, { id });
            expect([...answers]).toEqual([item?.madeBy]);
          },
        });
      }),
      RUNS,
    );
  });

  it('is one update for each key, when the item keeps its last keys', async () => {
    await fc.assert(
      fc.asyncProperty(turns, fc.nat(RECENT_KEYS), async (plan, earlier) => {
        const count = (table: Table, key: string, result: string) =>
          updateOnce(
            table,
            identityOfEvent('test', key),
            { key: { id: 'a' }, set: ['n = n + :one'], condition: 'attribute_exists(id)', values: { ':one': 1 } },
            result,
          );
        const answers = new Map<string, Set<string>>();
        // Two workers for each of two keys, and the last one for both.
        const work = async (table: Table, worker: number) => {
          for (const key of worker === WORKERS ? ['k0', 'k1'] : [`k${worker % 2}`]) {
            const made = await count(table, key, `by ${worker}`);
            if (made.kind !== 'made') throw new Error('the update was refused');
            answers.set(key, (answers.get(key) ?? new Set()).add(made.result));
          }
        };

        await playWorkers(work, plan, {
          prepare: async (table) => {
            const keys = Array.from({ length: earlier }, (_, at) => [`earlier ${at}`, { fingerprint: '' }]);
            const Item = { id: 'a', n: 0, ...(earlier > 0 && { recentKeys: Object.fromEntries(keys) }) };
            await table.client.send(new PutCommand({ TableName: table.name, Item }));
          },
          check: async (table) => {
            const item = await findItem<{ n: number; recentKeys: object; olderKeys?: object }>(table, { id: 'a' });
            expect(item?.n).toBe(2);
            expect([...answers.values()].map(({ size }) => size)).toEqual([1, 1]);
            expect(Object.keys(item?.recentKeys ?? {}).length).toBeLessThanOrEqual(RECENT_KEYS);
            expect(Object.keys(item?.olderKeys ?? {}).length).toBeLessThanOrEqual(RECENT_KEYS);
          },
        });
      }),
      RUNS,
    );
  });

  it('is one transaction, when its record is written with it', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        const answers = new Set<number>();
        const add = (table: Table, id: string) => ({
          Update: {
            TableName: table.name,
            Key: { id },
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': 1 },
          },
        });
        const work = async (table: Table, worker: number) => {
          const writes = [add(table, 'a'), add(table, 'b')];
          const request = { writes, result: worker, now: START_MS };
          const made = await transactOnce(table, CONTRACT, identityOfEvent('test', 'e'), request);
          if (made.kind === 'made') answers.add(made.result);
        };

        await playWorkers(work, plan, {
          check: async (table) => {
            expect(await findItem(table, { id: 'a' })).toMatchObject({ n: 1 });
            expect(await findItem(table, { id: 'b' })).toMatchObject({ n: 1 });
            expect(answers.size).toBe(1);
          },
        });
      }),
      RUNS,
    );
  });
});

describe('an effect outside under a lease', () => {
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => jest.restoreAllMocks());

  const pauses = fc.array(fc.constantFrom(0, 0, 0, 1_000, LEASE_MS - 1, LEASE_MS, 2 * LEASE_MS), { maxLength: 40 });
  const failures = fc.array(fc.boolean(), { minLength: WORKERS, maxLength: WORKERS });

  it('is made by one worker at a time, and all get the same answer, though workers die and clocks run on', async () => {
    await fc.assert(
      fc.asyncProperty(turns, pauses, failures, async (plan, pausesMs, fails) => {
        const room = await openRoomTable();
        let nowMs = START_MS;
        const answers = new Set<string>();
        const violations: string[] = [];
        /** Whose lease it is by the clock: from when it was asked for until it was given back, or was over. */
        const leases = new Map<number, { readonly untilMs: number }>();

        const attempt = async (worker: number, pass: Pass) => {
          let askedAtMs = 0;
          const clock = {
            now: () => {
              askedAtMs ||= nowMs;
              return nowMs;
            },
          };
          const lease = openLease(room.tableOf(pass), CONTRACT, { clock, newOwner: () => `worker ${worker}` });
          const effect = async () => {
            const live = [...leases].filter(([, { untilMs }]) => nowMs < untilMs);
            if (live.length > 0) violations.push(`${worker} began beside ${live.map(([other]) => other)}`);
            leases.set(worker, { untilMs: askedAtMs + LEASE_MS });
            try {
              await pass(async () => undefined);
              if (fails[worker]) throw new Error('the party is down');
            } catch (error) {
              leases.delete(worker);
              throw error;
            }
            return `made by ${worker}`;
          };
          const { result } = await lease(identityOfEvent('test', 'e'), effect);
          answers.add(result);
        };
        const programs = fails.map((_, worker) => (pass: Pass) => attempt(worker, pass));

        await interleave(programs, plan, (turn) => {
          nowMs += pausesMs[turn] ?? 0;
        });
        nowMs += LEASE_MS;
        await attempt(WORKERS, (call) => call());

        expect(violations).toEqual([]);
        expect(answers.size).toBe(1);
        await room.close();
      }),
      { ...RUNS, numRuns: 120 },
    );
  });
});
