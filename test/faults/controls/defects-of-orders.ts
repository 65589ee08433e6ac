import type { Defect } from './defect';

const STATUS = 'functions/orders/dynamodb-order-status.ts';
const TAKE_UP = 'functions/orders/take-up-saga.ts';
const SWEEP = 'functions/orders/handlers/sweep-orders.ts';

/** Mistakes in the order itself: how it is accepted, decided, taken back, and taken up again. */
export const defectsOfOrders: readonly Defect[] = [
  {
    name: 'puts an order over the one that is there',
    file: 'lib/idempotency/dynamodb-created-item.ts',
    find: '`attribute_not_exists(',
    replace: '`attribute_not_exists(neverSet) OR attribute_not_exists(',
    why: 'a request that comes twice makes an order that is under way, or over, a new one',
    cells: ['F5/1'],
  },
  {
    name: 'answers a repeated request with the order as it is now',
    file: 'functions/orders/handlers/create-order.ts',
    find: "{ ...row, status: 'PENDING' as const, updatedAt: row.createdAt }",
    replace: '{ ...row }',
    why: 'the same request has one answer, whenever it is repeated',
    cells: ['F2/1'],
  },
  {
    name: 'prices every line as the first',
    file: 'functions/orders/handlers/create-order.ts',
    find: 'unitPriceCents: bySku.get(sku)?.unitPriceCents ?? 0',
    replace: 'unitPriceCents: prices[0]?.unitPriceCents ?? 0',
    why: 'the customer pays something else than the price',
    test: 'test/functions/orders/handlers/create-order.test.ts',
  },
  {
    name: 'confirms what was abandoned',
    file: STATUS,
    find: "'attribute_not_exists(abandonedAt)'",
    replace: "'attribute_exists(orderId)'",
    why: 'a confirmation that comes late confirms an order whose money and stock are given back',
    test: 'test/functions/orders/dynamodb-order-status.test.ts',
  },
  {
    name: 'confirms what the customer has taken back',
    file: STATUS,
    find: "const isNotCancelled = 'attribute_not_exists(cancelRequestedAt)';",
    replace: "const isNotCancelled = 'attribute_exists(orderId)';",
    why: 'the cancellation was accepted, and the order is delivered all the same',
  },
  {
    name: 'takes an unknown confirmation for none',
    file: STATUS,
    find: "return conflict?.confirmedAt === undefined ? 'abandoned' : 'happened';",
    replace: "return conflict?.status === 'REJECTED' ? 'happened' : 'abandoned';",
    why: 'a confirmed order whose reply was lost is undone',
    cells: ['F2/2'],
  },
  {
    name: 'parks an order that has an outcome',
    file: STATUS,
    find: "'#status IN (:rejected, :cancelled)'",
    replace: "'(#status = :rejected AND #status = :cancelled)'",
    why: 'an outcome is final: a rejection whose reply was lost is no reason to call people',
    cells: ['F2/8'],
  },
  {
    name: 'takes back without looking at what the order is by now',
    file: STATUS,
    find: "if_not_exists(cancelRequestedAt, :now), updatedAt = :now',\n        ConditionExpression: '#status = :pending'",
    replace:
      "if_not_exists(cancelRequestedAt, :now), updatedAt = :now',\n        ConditionExpression: '#status = :pending OR attribute_exists(orderId)'",
    why: 'an order that is confirmed in between is neither cancelled nor left alone',
    test: 'test/functions/orders/dynamodb-order-status.test.ts',
  },
  {
    name: 'does not sweep what is being cancelled',
    file: SWEEP,
    find: "['CANCELLING', 'PENDING']",
    replace: "['PENDING']",
    why: 'a cancellation whose execution was stopped stays where it was for ever',
    cells: ['F16/2'],
  },
  {
    name: 'does not sweep what is pending',
    file: SWEEP,
    find: "['CANCELLING', 'PENDING']",
    replace: "['CANCELLING']",
    why: 'an order whose execution was stopped stays where it was for ever',
    cells: ['F16/2'],
  },
  {
    name: 'gives every repair the same name',
    file: TAKE_UP,
    find: '{repair.attempt}`',
    replace: '{repair.saga}`',
    why: 'a name is taken for 90 days: an order whose repair was stopped too is never taken up again',
    cells: ['F16/9', 'F16/2'],
  },
  {
    name: 'takes a running execution for one that is over',
    file: TAKE_UP,
    find: "if (state === 'running') return 'running';",
    replace: '',
    why: 'two executions of one order at once; they end alike, so that only the test sees it',
    test: 'test/functions/orders/take-up-saga.test.ts',
  },
  {
    name: 'notes a repair without looking whether another has',
    file: 'functions/orders/dynamodb-repairs.ts',
    find: "'attribute_not_exists(repairs)'",
    replace: "'attribute_exists(orderId)'",
    why: 'two sweeps at once start two repairs; they end alike, so that only the test sees it',
    test: 'test/functions/orders/take-up-saga.test.ts',
  },
  {
    name: 'goes on with the next order when a saga could not be started',
    file: 'lib/lambda/dynamodb-stream-handler.ts',
    find: "return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };",
    replace: 'continue;',
    why: 'the order waits for the sweeper, minutes instead of seconds',
    test: 'test/lib/lambda/dynamodb-stream-handler.test.ts',
  },
];
