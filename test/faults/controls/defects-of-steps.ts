import type { Defect } from './defect';

const STOCK = 'functions/inventory/store.ts';
const EFFECT = 'lib/idempotency/outside-effect.ts';
const RECORD = 'lib/idempotency/dynamodb-outside-effect.ts';

/** Mistakes in the steps: the stock, the payment, the shipment, and what all of them stand on. */
export const defectsOfSteps: readonly Defect[] = [
  {
    name: 'reserves without looking at what there is',
    file: STOCK,
    find: "'available >= :quantity'",
    replace: "'attribute_exists(sku)'",
    why: 'more is promised than is in the warehouse',
  },
  {
    name: 'reserves once more on a repeat',
    file: STOCK,
    find: "'attribute_not_exists(pending.#order)'",
    replace: "'attribute_exists(sku)'",
    why: 'a retry after a lost reply takes the pieces a second time, and the undo gives them back once',
    cells: ['F2/2', 'F5/2'],
  },
  {
    name: 'does not look for the mark of a release',
    file: STOCK,
    find: "'attribute_not_exists(released.#order)'",
    replace: "'attribute_exists(sku)'",
    why: 'a reservation that comes after its undo takes pieces for an order that is over',
    cells: ['F3/3'],
  },
  {
    name: 'leaves no mark when it releases',
    file: STOCK,
    find: 'released.#order = :until, updatedAt = :now\n',
    replace: 'releasedUntil = :until, updatedAt = :now\n',
    why: 'a reservation that comes after its undo finds nothing that would refuse it',
    cells: ['F3/3'],
  },
  {
    name: 'gives back what was never reserved',
    file: STOCK,
    find: "values: { ':zero': 0, ':until': until }",
    replace: "values: { ':zero': 1, ':until': until }",
    why: 'an undo that comes twice, or before its step, makes pieces out of nothing',
  },
  {
    name: 'forgets a mark before its reservation can come',
    file: STOCK,
    find: 'RELEASED_FOR_SECONDS = 300',
    replace: 'RELEASED_FOR_SECONDS = 60',
    why: 'a reservation has a deadline of 67 seconds and more: a mark that is gone before lets it in',
    test: 'test/functions/inventory/row-size.test.ts',
  },
  {
    name: 'releases one line of the order only',
    file: 'functions/inventory/handlers/release-stock.ts',
    find: 'lines.map((line)',
    replace: 'lines.slice(0, 1).map((line)',
    why: 'an order of several lines keeps pieces for ever when it is undone',
  },
  {
    name: 'asks a party without writing an intent',
    file: EFFECT,
    find: 'let met = explainEffect(effect, await record.open());',
    replace: "let met: MetEffect = 'go on';",
    why: 'the undo finds no record, takes it for a step that never ran, and the charge stays',
  },
  {
    name: 'undoes only what has a known outcome',
    file: RECORD,
    find: "isAtOneOf(statesBefore(effect.edges, 'CANCELLING'))",
    replace: "isAtOneOf(statesBefore(effect.edges, 'CANCELLING').filter((state) => state !== 'INTENT'))",
    why: 'a charge whose reply was lost is one without an outcome: it stays',
  },
  {
    name: 'leaves no mark where the undo comes first',
    file: RECORD,
    find: 'if (!(await markUndone(table, item))) return item.effect.never;',
    replace: 'if (item.effect.never) return item.effect.never;',
    why: 'a charge or a booking that comes after its undo is carried out',
    cells: ['F3/3', 'F3/2'],
  },
  {
    name: 'takes an undone step up again',
    file: EFFECT,
    find: "return status === refused ? 'refused' : 'undone';",
    replace: "return status === refused ? 'refused' : 'settled';",
    why: 'a step that meets the mark of its undo says that it is done',
    test: 'test/lib/idempotency/outside-effect.test.ts',
  },
  {
    name: 'gives money back in its own books only',
    file: 'functions/payments/handlers/refund-payment.ts',
    find: 'const { outcome, refundedCents } = await provider.cancel(args.orderId);',
    replace: "const { outcome, refundedCents } = { outcome: 'refunded', refundedCents: args.amountCents };",
    why: 'the provider keeps what it has captured, and charges what still is on its way',
  },
  {
    name: 'charges with a new key on each attempt',
    file: 'functions/payments/handlers/charge-payment.ts',
    find: 'token, idempotencyKey };',
    replace: 'token, idempotencyKey: crypto.randomUUID() };',
    why: 'a provider that goes by the key alone charges again',
  },
  {
    name: 'takes an unknown charge for a declined one',
    file: 'functions/payments/provider.ts',
    find: "(isDeclined(first) ? 'declined' : undefined)",
    replace: "(isDeclined(first) || first.kind === 'unknown' ? 'declined' : undefined)",
    why: 'a customer whose card was charged is told that it was declined; the undo gives the money back, so no book shows it',
  },
  {
    name: 'takes a parcel that was handed over for a cancelled one',
    file: 'functions/shipping/undo-booking.ts',
    find: "return status === 'CANCELLED' ? 'cancelled' : 'handed over';",
    replace: "return status === 'INTENT' ? 'handed over' : 'cancelled';",
    why: 'the customer gets the money back and the parcel too',
    cells: ['F1/8'],
  },
  {
    name: 'carries out a command past its deadline',
    file: 'lib/lambda/step-handler.ts',
    find: 'if (!(now <= Date.parse(envelope.notAfter)))',
    replace: 'if (Number.isNaN(now))',
    why: 'when the marks have been forgotten, the deadline is all that refuses a command of hours ago',
    test: 'test/lib/lambda/step-handler.test.ts',
  },
];
