import type { Defect } from './defect';

const MACHINE = 'lib/saga/to-asl.ts';
const RETRY = 'lib/saga/retry-policy.ts';

/** Mistakes in the text of the state machines. */
export const defectsOfSagas: readonly Defect[] = [
  {
    name: 'undoes completed steps only',
    file: MACHINE,
    find: 'Next: undoFrom(saga, index), row }',
    replace: 'Next: undoFrom(saga, index - 1), row }',
    why: 'a step that took effect and lost its reply stays',
  },
  {
    name: 'undoes although the pivot has happened',
    file: MACHINE,
    find: "$pivotOutcome = 'happened'",
    replace: "$pivotOutcome = 'sometimes'",
    why: 'a confirmation that took effect and lost its reply is undone: the settlement is asked, and nobody listens',
    cells: ['F2/2', 'F2/3'],
  },
  {
    name: 'undoes although the pivot is not settled',
    file: MACHINE,
    find: 'Assign: noteFailed(abandon), Next: saga.whenParked.step.name',
    replace: 'Assign: noteFailed(abandon), Next: PIVOT_HAPPENED',
    why: 'nobody knows whether the order is confirmed, and its money is given back',
    test: 'test/properties/place-order.test.ts',
  },
  {
    name: 'skips the undo before each undo',
    file: MACHINE,
    find: 'const next = undoFrom(saga, index - 1);',
    replace: 'const next = undoFrom(saga, Math.max(index - 2, -1));',
    why: 'an order is over while its money is still held',
  },
  {
    name: 'swallows the failure of an undo',
    file: MACHINE,
    find: "{ ErrorEquals: ['States.ALL'], Assign: noteFailed(undo), Next: next }",
    replace: "{ ErrorEquals: ['States.ALL'], Next: next }",
    why: 'an order is called rejected, and nobody looks for what it still holds',
    cells: ['F1/8'],
  },
  {
    name: 'an Express execution undoes only what it has attempted',
    file: MACHINE,
    find: "$contains($states.context.Execution.Id, ':express:')",
    replace: 'false',
    why: 'the other execution of the same order has attempted more, and nobody undoes that',
    test: 'test/lib/saga/undoing.test.ts',
  },
  {
    name: 'a repair undoes only what it has attempted',
    file: MACHINE,
    find: 'Execution.Name != ',
    replace: "Execution.Name = 'repair' and '' != ",
    why: 'a command of the execution before still lands, and nothing refuses it',
    cells: ['F1/9', 'F7/9'],
  },
  {
    name: 'a redrive forgets the shipment',
    file: MACHINE,
    find: 'undoFrom(saga, saga.rows.length - 1)',
    replace: 'undoFrom(saga, saga.rows.length - 3)',
    why: 'the order is rejected, and the parcel comes',
  },
  {
    name: 'retries what was refused',
    file: 'lib/saga/task-state.ts',
    find: '[...refusals, ...NEVER_RETRIED]',
    replace: '[...NEVER_RETRIED]',
    why: 'the customer waits for an answer that is known, and the card is asked four times',
    test: 'test/properties/place-order.test.ts',
  },
  {
    name: 'does not retry a step',
    file: RETRY,
    find: 'maxAttempts: 3, maxDelaySeconds: 8',
    replace: 'maxAttempts: 0, maxDelaySeconds: 8',
    why: 'one lost reply costs the order; it is undone, so no book shows it',
    test: 'test/properties/place-order.test.ts',
  },
  {
    name: 'has deadlines that end before the last attempt',
    file: RETRY,
    find: '(waits.length + 1) *',
    replace: 'waits.length *',
    why: 'the last attempt is refused for being late, and its refusal taken for an answer',
    test: 'test/lib/saga/retry-policy.test.ts',
  },
];
