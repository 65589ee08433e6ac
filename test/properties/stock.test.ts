import '../support/environment';
import fc from 'fast-check';
import { RELEASED_FOR_SECONDS } from '../../functions/inventory/store';
import { type Course, type Fate, type Happening, type Mutation, type Plan, runStock, SKUS } from './stock-world';

const fate = fc.constantFrom<Fate>('ok', 'ok', 'ok', 'repeated', 'lost at 1', 'lost at 2');
/** Two functions' clocks differ by up to two minutes. */
const skewMs = fc.constantFrom(0, 0, -60_000, 60_000);
const quantity = fc.integer({ min: 1, max: 3 });

const lines = fc.uniqueArray(fc.record({ sku: fc.constantFrom(...SKUS), quantity }), {
  selector: ({ sku }) => sku,
  minLength: 1,
  maxLength: 2,
});

const course = fc.constantFrom<Course>('undone', 'confirmed', 'confirmed before');

const happening = (orders: number): fc.Arbitrary<Happening> => {
  const order = fc.nat({ max: orders - 1 });
  const message = (kind: 'reserve' | 'release' | 'sell' | 'return') =>
    fc.record({ kind: fc.constant(kind), order, fate, skewMs });
  const sku = fc.constantFrom(...SKUS);
  const wait = fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 5, 30, 70, 200, 400) });
  return fc.oneof(
    { weight: 5, arbitrary: message('reserve') },
    { weight: 3, arbitrary: message('release') },
    { weight: 2, arbitrary: message('sell') },
    { weight: 3, arbitrary: message('return') },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('put' as const), sku, onHand: fc.nat({ max: 6 }), fate }),
    },
    { weight: 2, arbitrary: wait },
  );
};

const plan: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 3 }).chain((orders) =>
  fc.record({
    onHand: fc.tuple(...SKUS.map(() => fc.option(fc.nat({ max: 6 }), { freq: 5, nil: undefined }))),
    orders: fc.array(fc.record({ lines, course }), { minLength: orders, maxLength: orders }),
    happenings: fc.array(happening(orders), { minLength: 3, maxLength: 14 }),
  }),
);

const neverWrong = (mutate?: Mutation) =>
  fc.asyncProperty(plan, fc.scheduler(), async (drawn, scheduler) => {
    expect(await runStock(drawn, scheduler, mutate)).toEqual([]);
  });

/** Puts something else in the place of a part of each condition or update that has it. */
function edit(part: 'ConditionExpression' | 'UpdateExpression', from: string, to: string, only?: string): Mutation {
  return (input, kind) => {
    const text = input[part] ?? '';
    if ((only !== undefined && only !== kind) || !text.includes(from)) return input;
    return { ...input, [part]: text.replaceAll(from, to) };
  };
}

const ALWAYS = '(attribute_exists(sku) OR attribute_not_exists(sku))';

const PLANTED: ReadonlyArray<[bug: string, mutation: Mutation]> = [
  [
    'reserves what is not there',
    edit('ConditionExpression', 'available >= :quantity', 'attribute_exists(available) AND :quantity = :quantity'),
  ],
  [
    'reserves one piece less than there is',
    edit('ConditionExpression', 'available >= :quantity', 'available > :quantity'),
  ],
  [
    'reserves again what is reserved',
    edit('ConditionExpression', 'attribute_not_exists(pending.#order)', ALWAYS, 'reserve'),
  ],
  [
    'reserves what was released',
    edit('ConditionExpression', 'attribute_not_exists(released.#order)', ALWAYS, 'reserve'),
  ],
  ['takes the pieces and does not say for whom', edit('UpdateExpression', 'pending.#order = :quantity, ', '')],
  ['takes too few from what is available', edit('UpdateExpression', 'available = available - :quantity, ', '')],
  ['does not count what is reserved', edit('UpdateExpression', 'reserved = reserved + :quantity, ', '')],
  ['releases without a note', edit('UpdateExpression', 'released.#order = :until', 'forgotten = :until', 'release')],
  ['releases and keeps the reservation', edit('UpdateExpression', 'REMOVE pending.#order', '', 'release')],
  [
    'gives nothing back',
    edit(
      'UpdateExpression',
      'available = available + if_not_exists(pending.#order, :zero),',
      'available = available + :zero,',
    ),
  ],
  [
    'gives back what was never taken',
    addOne('available + if_not_exists(pending.#order, :zero)', 'available + if_not_exists(pending.#order, :one)'),
  ],
  [
    'leaves no note for an unknown SKU',
    (input) => (input.ConditionExpression === 'attribute_not_exists(sku)' ? undefined : input),
  ],
  [
    'makes the row of an unknown SKU over one that is there',
    edit('ConditionExpression', 'attribute_not_exists(sku)', ALWAYS),
  ],
  ['sells without a note', edit('UpdateExpression', 'released.#order = :until', 'forgotten = :until', 'sell')],
  ['sells and keeps the reservation', edit('UpdateExpression', 'REMOVE pending.#order', '', 'sell')],
  [
    'sells and does not count it',
    edit('UpdateExpression', 'sold = if_not_exists(sold, :zero) + pending.#order,', '', 'sell'),
  ],
  [
    'brings back without looking whether it is back',
    edit('ConditionExpression', 'attribute_not_exists(sku)', ALWAYS, 'return'),
  ],
  ['brings back and keeps the reservation', edit('UpdateExpression', 'REMOVE pending.#order', '', 'return')],
  ['brings back without a note', edit('UpdateExpression', 'released.#order = :until', 'forgotten = :until', 'return')],
  [
    'brings back nothing of what is sold',
    edit(
      'UpdateExpression',
      'available = available + if_not_exists(pending.#order, :quantity)',
      'available = available + if_not_exists(pending.#order, :zero)',
      'return',
    ),
  ],
  [
    'brings back what is reserved, and leaves it reserved',
    edit('UpdateExpression', 'reserved = reserved - if_not_exists(pending.#order, :zero),', '', 'return'),
  ],
  [
    'brings back what is reserved as if it had been sold',
    edit('UpdateExpression', 'sold = if_not_exists(sold, :zero) + if_not_exists(pending.#order, :zero),', '', 'return'),
  ],
  [
    'brings back and does not count it',
    edit(
      'UpdateExpression',
      'returned = if_not_exists(returned, :zero) + if_not_exists(pending.#order, :quantity),',
      '',
      'return',
    ),
  ],
  [
    'counts, and does not note what was sold before',
    edit('UpdateExpression', 'soldBefore = if_not_exists(sold, :zero)', 'soldBefore = :zero', 'put'),
  ],
  ['sells again and again', sellAnyhow],
  [
    'sells what is available too',
    edit(
      'UpdateExpression',
      'reserved = reserved - pending.#order,',
      'available = available - pending.#order, reserved = reserved - pending.#order,',
      'sell',
    ),
  ],
  [
    'counts less than is reserved',
    edit('ConditionExpression', 'attribute_not_exists(reserved) OR reserved <= :onHand', ALWAYS),
  ],
  [
    'counts what is reserved as available',
    edit('UpdateExpression', ':onHand - if_not_exists(reserved, :zero)', ':onHand'),
  ],
  [
    'forgets reservations at a count',
    edit('UpdateExpression', 'pending = if_not_exists(pending, :none)', 'pending = :none'),
  ],
  [
    'forgets notes at a count',
    edit('UpdateExpression', 'released = if_not_exists(released, :none)', 'released = :none'),
  ],
  ['keeps notes shorter than a reservation can be late', shortenNotes(RELEASED_FOR_SECONDS)],
  ['removes every note with the expired ones', removeAllNotes],
];

function addOne(from: string, to: string): Mutation {
  return (input) => {
    if (!input.UpdateExpression?.includes(from)) return input;
    const values = { ...input.ExpressionAttributeValues, ':one': 1 };
    return { ...input, UpdateExpression: input.UpdateExpression.replace(from, to), ExpressionAttributeValues: values };
  };
}

function sellAnyhow(input: Parameters<Mutation>[0], kind: string): ReturnType<Mutation> {
  if (kind !== 'sell' || input.ConditionExpression !== 'attribute_exists(pending.#order)') return input;
  const anyhow = edit('UpdateExpression', '+ pending.#order', '+ if_not_exists(pending.#order, :zero)');
  const sold = addOne('reserved - pending.#order', 'reserved - if_not_exists(pending.#order, :one)');
  const once = sold({ ...input, ConditionExpression: 'attribute_exists(sku)' }, kind);
  return once && anyhow(once, kind);
}

function shortenNotes(seconds: number): Mutation {
  return (input) => {
    const until = input.ExpressionAttributeValues?.[':until'];
    if (until === undefined) return input;
    const values = { ...input.ExpressionAttributeValues, ':until': until - seconds };
    return { ...input, ExpressionAttributeValues: values };
  };
}

function removeAllNotes(input: Parameters<Mutation>[0]): ReturnType<Mutation> {
  if (!input.UpdateExpression?.startsWith('REMOVE released.')) return input;
  return {
    TableName: input.TableName,
    Key: input.Key,
    UpdateExpression: 'SET released = :none',
    ExpressionAttributeValues: { ':none': {} },
  };
}

describe('the stock of a SKU', () => {
  it('is never oversold and never leaks, whatever comes, how often, how late and between what', async () => {
    await fc.assert(neverWrong(), { numRuns: 100, seed: 20261125 });
  }, 120_000);

  it.each(PLANTED)('would not be right if the code did this: it %s', async (_, mutation) => {
    const { failed } = await fc.check(neverWrong(mutation), {
      numRuns: 500,
      seed: 20261125,
      endOnFailure: true,
    });

    expect(failed).toBe(true);
  });
});
