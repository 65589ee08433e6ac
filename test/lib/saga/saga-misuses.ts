import * as v from 'valibot';
import { STEP_RETRY } from '../../../lib/saga/retry-policy';
import { type Saga, saga } from '../../../lib/saga/saga';
import { step } from '../../../lib/saga/step-ref';
import { defineService } from '../../../lib/service/contract';

/**
 * Sagas that must not compile. Nothing here is run: the compiler checks that each marked line is an error, and
 * `saga-types.test.ts` that each is one for the reason that its comment gives.
 */

const Trip = v.strictObject({ tripId: v.string() });
const Nothing = v.strictObject({});

const shop = defineService({
  name: 'shop',
  version: '1.0.0',
  summary: 'Sells trips.',
  handlers: {
    book: {
      trigger: {
        kind: 'step',
        name: 'Book',
        command: Trip,
        result: v.strictObject({ reference: v.string(), seats: v.number() }),
      },
      timeoutSeconds: 10,
    },
    unbook: {
      trigger: { kind: 'step', name: 'Unbook', command: v.strictObject({ reference: v.string() }), result: Nothing },
      timeoutSeconds: 10,
    },
    forget: { trigger: { kind: 'step', name: 'Forget', command: Trip, result: Nothing }, timeoutSeconds: 10 },
    leave: { trigger: { kind: 'step', name: 'Leave', command: Trip, result: Nothing }, timeoutSeconds: 10 },
    stay: {
      trigger: {
        kind: 'step',
        name: 'Stay',
        command: Trip,
        result: v.strictObject({ outcome: v.picklist(['happened', 'abandoned']) }),
      },
      timeoutSeconds: 10,
    },
    ask: { trigger: { kind: 'query', input: Nothing, output: Nothing }, timeoutSeconds: 10 },
  },
});

interface Input {
  readonly tripId: string;
  readonly seats: number;
}

const book = step(shop, 'book');
const unbook = step(shop, 'unbook');
const forget = step(shop, 'forget');
const leave = step(shop, 'leave');
const stay = step(shop, 'stay');

const start = () => saga<Input, 'FULL' | 'SICK'>('trip', 'tripId');
const booked = () =>
  start().compensatable({
    step: book,
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ tripId: input.tripId }),
    undo: { step: forget, retry: STEP_RETRY, arguments: ({ input }) => ({ tripId: input.tripId }) },
    refusals: { FullError: 'FULL' },
    unavailable: 'SICK',
  });
const left = () =>
  booked().pivot({
    step: leave,
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ tripId: input.tripId }),
    abandon: { step: stay, retry: STEP_RETRY, arguments: ({ input }) => ({ tripId: input.tripId }) },
    unavailable: 'SICK',
  });

export const misuses = [
  () =>
    // @ts-expect-error before the pivot an undo is mandatory
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      unavailable: 'SICK',
    }),
  () =>
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      // @ts-expect-error after a lost reply there is no result that the undo could use
      undo: { step: unbook, retry: STEP_RETRY, arguments: ({ results }) => ({ reference: results.Book.reference }) },
      unavailable: 'SICK',
    }),
  () =>
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      // @ts-expect-error a number is given where the command has a string
      arguments: ({ input }) => ({ tripId: input.seats }),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      // @ts-expect-error a member of the command is missing
      arguments: () => ({}),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    booked().compensatable({
      step: forget,
      retry: STEP_RETRY,
      // @ts-expect-error a result is used that has another type
      arguments: ({ results }) => ({ tripId: results.Book.seats }),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    booked().compensatable({
      step: forget,
      retry: STEP_RETRY,
      // @ts-expect-error the result of a step is used that has not run
      arguments: ({ results }) => ({ tripId: results.Leave.tripId }),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    // @ts-expect-error after the pivot nothing is undone
    left().compensatable({
      step: forget,
      retry: STEP_RETRY,
      arguments: () => ({}),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    // @ts-expect-error there is one pivot
    left().pivot({ step: forget, retry: STEP_RETRY, arguments: () => ({}), unavailable: 'SICK' }),
  () =>
    // @ts-expect-error before the pivot nothing is retried for ever
    booked().retryable({ step: forget, retry: STEP_RETRY, arguments: () => ({}), unavailable: 'SICK' }),
  () =>
    // @ts-expect-error a pivot without an abandon could not be settled
    booked().pivot({
      step: leave,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      unavailable: 'SICK',
    }),
  () =>
    booked().pivot({
      step: leave,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      // @ts-expect-error an abandon must say whether the pivot happened
      abandon: { step: forget, retry: STEP_RETRY, arguments: ({ input }) => ({ tripId: input.tripId }) },
      unavailable: 'SICK',
    }),
  () =>
    // @ts-expect-error a query is no step
    step(shop, 'ask'),
  () =>
    // @ts-expect-error there is no such handler
    step(shop, 'fly'),
  () =>
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      undo: 'nothing',
      // @ts-expect-error the code is none of the saga's codes
      refusals: { FullError: 'LATE' },
      unavailable: 'SICK',
    }),
  () =>
    start().compensatable({
      step: book,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      undo: 'nothing',
      // @ts-expect-error the code is none of the saga's codes
      unavailable: 'LATE',
    }),
  (): Saga =>
    // @ts-expect-error without endings it is no saga yet
    left(),
  () =>
    // @ts-expect-error what could not be undone must be reported as well
    left().ending({
      whenUndone: { step: forget, retry: STEP_RETRY, arguments: ({ input }) => ({ tripId: input.tripId }) },
    }),
  () =>
    // @ts-expect-error the saga's id must be a string
    saga<Input, 'FULL' | 'SICK'>('trip', 'seats'),
  () =>
    // @ts-expect-error how often it is tried must be written
    start().compensatable({
      step: book,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      undo: 'nothing',
      unavailable: 'SICK',
    }),
  () =>
    left().retryable({
      step: forget,
      retry: STEP_RETRY,
      // @ts-expect-error another execution may have gone so far, so there are no results after the pivot
      arguments: ({ results }) => ({ tripId: results.Book.reference }),
      unavailable: 'SICK',
    }),
  () =>
    booked().compensatable({
      step: forget,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ tripId: input.tripId }),
      // @ts-expect-error an undo may be run by an execution that did not run the steps, so there are no earlier results either
      undo: { step: unbook, retry: STEP_RETRY, arguments: ({ results }) => ({ reference: results.Book.reference }) },
      unavailable: 'SICK',
    }),
];
