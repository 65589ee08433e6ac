import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CircuitStore, ItemUpdate, StoredItem, WriteCondition } from '../../../lib/circuit-breaker/circuit-store';
import { dynamodbCircuitStore } from '../../../lib/circuit-breaker/dynamodb-circuit-store';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { openRoomTable } from '../../support/room-table';

interface OpenStore {
  readonly store: CircuitStore;
  close(): Promise<void>;
}

async function openDynamodbStore(): Promise<OpenStore> {
  const room = await openRoomTable({ partitionKey: 'service', sortKey: 'circuit' });
  const { requestHandler, region, credentials } = room.table.client.config;
  const client = new DynamoDBClient({ requestHandler, region, credentials, maxAttempts: 1 });
  return { store: dynamodbCircuitStore({ tableName: room.table.name, client }), close: room.close };
}

const STORES: Readonly<Record<string, () => Promise<OpenStore>>> = {
  'in memory': async () => ({ store: memoryCircuitStore(), close: async () => {} }),
  'on DynamoDB': openDynamodbStore,
};

const KEY = { service: 'payments', circuit: 'provider' };
const WITHOUT: Pick<ItemUpdate, 'when'> = { when: [] };
const IF_NEW: Pick<ItemUpdate, 'when'> = { when: [{ attribute: 'v', is: 'missing' }] };

describe.each(Object.entries(STORES))('a store of circuits %s', (_, open) => {
  let store: CircuitStore;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, close } = await open());
  });
  afterEach(() => close());

  const write = (update: ItemUpdate) => store.write(KEY, update);
  const stored = async (): Promise<StoredItem | undefined> => (await store.load(KEY.service)).get(KEY.circuit);

  it('has no circuits at first', async () => {
    expect(await store.load('payments')).toEqual(new Map());
  });

  it('makes the item of a circuit that has none, and answers it without its key', async () => {
    expect(await write({ set: { v: 1, state: 'CLOSED' }, add: { fence: 1 }, ...IF_NEW })).toEqual({
      applied: true,
      item: { v: 1, state: 'CLOSED', fence: 1 },
    });
    expect(await stored()).toEqual({ v: 1, state: 'CLOSED', fence: 1 });
  });

  it('makes an item that has nothing but its key', async () => {
    expect(await write({ ...WITHOUT })).toEqual({ applied: true, item: {} });
    expect(await stored()).toEqual({});
  });

  it('adds, sets and removes in one write, and answers the whole item as it is then', async () => {
    await write({ set: { v: 1, failures: 5, openedAt: 7, kept: 'x' }, ...WITHOUT });

    const outcome = await write({
      set: { state: 'OPEN', v: 2 },
      add: { failures: 3, calls: 4, epoch: -1 },
      remove: ['openedAt', 'never there'],
      when: [{ attribute: 'v', is: '=', value: 1 }],
    });

    const item = { v: 2, state: 'OPEN', failures: 8, calls: 4, epoch: -1, kept: 'x' };
    expect(outcome).toEqual({ applied: true, item });
    expect(await stored()).toEqual(item);
  });

  it('changes nothing when one of the conditions does not hold, and answers the item that stood in the way', async () => {
    await write({ set: { v: 1, failures: 5 }, ...WITHOUT });

    const outcome = await write({
      set: { state: 'OPEN' },
      add: { failures: 1 },
      remove: ['v'],
      when: [
        { attribute: 'v', is: '=', value: 1 },
        { attribute: 'failures', is: '<', value: 5 },
      ],
    });

    expect(outcome).toEqual({ applied: false, item: { v: 1, failures: 5 } });
    expect(await stored()).toEqual({ v: 1, failures: 5 });
  });

  it('answers no item, and makes none, when a condition asks for one and there is none', async () => {
    expect(await write({ set: { v: 1 }, when: [{ attribute: 'v', is: '=', value: 1 }] })).toEqual({
      applied: false,
      item: undefined,
    });
    expect(await store.load('payments')).toEqual(new Map());
  });

  describe.each<[string, StoredItem | undefined]>([
    ['a number', { it: 10 }],
    ['a string', { it: 'm' }],
    ['a digit string', { it: '10' }],
    ['a list', { it: [10] }],
    ['no such attribute', { other: 1 }],
    ['no item', undefined],
  ])('where there is %s', (what, item) => {
    const isNumber = what === 'a number';
    const isString = what === 'a string';
    const isMissing = what.startsWith('no ');
    it.each<[Omit<WriteCondition, 'attribute'>, boolean]>([
      [{ is: 'missing' }, isMissing],
      [{ is: 'missing', orMissing: true }, isMissing],
      [{ is: '=', value: 10 }, isNumber],
      [{ is: '=', value: 9 }, false],
      [{ is: '<', value: 11 }, isNumber],
      [{ is: '<', value: 10 }, false],
      [{ is: '<=', value: 10 }, isNumber],
      [{ is: '<=', value: 9 }, false],
      [{ is: '=', value: 'm' }, isString],
      [{ is: '=', value: '10' }, what === 'a digit string'],
      [{ is: '<', value: 'n' }, isString || what === 'a digit string'],
      [{ is: '<', value: '' }, false],
      [{ is: '<=', value: '9' }, what === 'a digit string'],
      [{ is: '=', value: 10, orMissing: true }, isNumber || isMissing],
      [{ is: '<', value: 10, orMissing: true }, isMissing],
      [{ is: '<=', value: 10, orMissing: true }, isNumber || isMissing],
    ])('the condition %j is met: %j', async (condition, isMet) => {
      if (item) await write({ set: item as ItemUpdate['set'] & object, ...WITHOUT });

      const outcome = await write({ set: { done: true }, when: [{ attribute: 'it', ...condition }] });

      expect(outcome).toEqual(isMet ? { applied: true, item: { ...item, done: true } } : { applied: false, item });
    });
  });

  it('lets a condition ask for the item itself, by its key', async () => {
    const ifNoItem: ItemUpdate = { set: { v: 1 }, when: [{ attribute: 'circuit', is: 'missing' }] };

    expect(await write(ifNoItem)).toEqual({ applied: true, item: { v: 1 } });
    expect(await write(ifNoItem)).toEqual({ applied: false, item: { v: 1 } });
  });

  it('has one winner among writes at the same time on the same condition, and the others are told who', async () => {
    await write({ set: { epoch: 1 }, ...WITHOUT });

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, by) =>
        write({ set: { by }, add: { epoch: 1 }, when: [{ attribute: 'epoch', is: '=', value: 1 }] }),
      ),
    );

    const winners = outcomes.filter(({ applied }) => applied);
    expect(winners).toHaveLength(1);
    expect(await stored()).toEqual(winners[0]?.item);
    expect(outcomes.map(({ item }) => item)).toEqual(outcomes.map(() => winners[0]?.item));
  });

  it('loses none of the additions that are made at the same time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => write({ add: { failures: 1 }, ...WITHOUT })));

    expect(outcomes.map(({ item }) => Number(item?.failures)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 1),
    );
  });

  it('loads the circuits of one service by their names, without their keys', async () => {
    await store.write({ service: 'payments', circuit: 'provider' }, { set: { v: 1 }, ...WITHOUT });
    await store.write({ service: 'payments', circuit: 'bank' }, { set: { v: 2 }, ...WITHOUT });
    await store.write({ service: 'payment', circuit: 'provider' }, { set: { v: 3 }, ...WITHOUT });

    expect(await store.load('payments')).toEqual(
      new Map([
        ['provider', { v: 1 }],
        ['bank', { v: 2 }],
      ]),
    );
  });

  it('keeps what it has answered as it was', async () => {
    const { item } = await write({ set: { v: 1 }, ...WITHOUT });
    const before = await store.load('payments');
    await write({ add: { v: 1 }, ...WITHOUT });

    expect(item).toEqual({ v: 1 });
    expect(before.get('provider')).toEqual({ v: 1 });
  });

  it('keeps values of every kind as they were when they were written', async () => {
    const list = [{ type: 'circuit.opened', data: { at: [1, 'two', true] } }];
    const values = {
      _out: list,
      text: '',
      truth: false,
      half: 0.5,
      large: 2 ** 53 - 1,
      negative: -3,
      '@': 1,
      name: 'x',
    };
    await write({ set: values, ...WITHOUT });
    const expected = structuredClone(values);
    list.length = 0;

    expect(await stored()).toEqual(expected);
  });

  it('answers a number also for a sum that is too large to be exact', async () => {
    const add = { sum: 2 ** 53 - 1 };
    await write({ add, ...WITHOUT });

    const { item } = await write({ add, ...WITHOUT });

    expect(item).toEqual({ sum: 2 ** 54 - 2 });
    expect(await stored()).toEqual({ sum: 2 ** 54 - 2 });
    expect(await write({ when: [{ attribute: 'no', is: '=', value: 1 }] })).toMatchObject({
      item: { sum: 2 ** 54 - 2 },
    });
  });

  it.each<[string, ItemUpdate]>([
    ['adds to what is no number', { add: { text: 1 }, ...WITHOUT }],
    ['sets a part of the key', { set: { service: 'x' }, ...WITHOUT }],
    ['removes a part of the key', { remove: ['circuit'], ...WITHOUT }],
    ['sets and removes the same', { set: { v: 2 }, remove: ['v'], ...WITHOUT }],
    ['sets and adds to the same', { set: { v: 2 }, add: { v: 1 }, ...WITHOUT }],
    ['removes the same twice', { remove: ['v', 'v'], ...WITHOUT }],
    ['sets no number', { set: { v: Number.NaN }, ...WITHOUT }],
    ['sets an infinite one within', { set: { v: [{ at: Number.POSITIVE_INFINITY }] }, ...WITHOUT }],
    ['adds one that is not exact', { add: { v: 2 ** 53 }, ...WITHOUT }],
    ['compares with nothing', { set: { v: 2 }, when: [{ attribute: 'v', is: '=' }] }],
    ['compares with no number', { set: { v: 2 }, when: [{ attribute: 'v', is: '<', value: Number.NaN }] }],
  ])('rejects a write that %s, and changes nothing', async (_, update) => {
    await write({ set: { v: 1, text: 'x' }, ...WITHOUT });

    await expect(write(update)).rejects.toThrow();
    expect(await stored()).toEqual({ v: 1, text: 'x' });
  });

  it('looks at the conditions before it finds that it cannot add', async () => {
    await write({ set: { text: 'x' }, ...WITHOUT });

    expect(await write({ add: { text: 1 }, ...IF_NEW, when: [{ attribute: 'v', is: '=', value: 1 }] })).toEqual({
      applied: false,
      item: { text: 'x' },
    });
  });
});

describe('a store of circuits in memory', () => {
  it('orders strings by their bytes in UTF-8, as AWS does', async () => {
    const store = memoryCircuitStore();
    await store.write(KEY, { set: { it: '\u{ff5e}' }, ...WITHOUT });

    const { applied } = await store.write(KEY, { when: [{ attribute: 'it', is: '<', value: '\u{1f600}' }] });

    expect(applied).toBe(true);
  });
});
