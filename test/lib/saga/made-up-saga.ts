import fc from 'fast-check';
import { STEP_RETRY, UNDO_RETRY } from '../../../lib/saga/retry-policy';
import { type BeforePivot, type Results, type Saga, saga } from '../../../lib/saga/saga';
import type { StepRef } from '../../../lib/saga/step-ref';

/** One row of a made-up saga. `reads` are earlier rows whose results the command uses, by index. */
export interface RowPlan {
  readonly timeoutSeconds: number;
  readonly refusals: number;
  readonly hasUndo: boolean;
  readonly reads: readonly number[];
}

export interface SagaPlan {
  /** Compensatable rows, 1 to 6. */
  readonly before: readonly RowPlan[];
  /** Retryable rows, 0 to 3. */
  readonly after: readonly RowPlan[];
}

interface Input {
  readonly id: string;
  readonly address: { readonly 'postal-code': string };
}

const row: fc.Arbitrary<RowPlan> = fc.record({
  timeoutSeconds: fc.integer({ min: 1, max: 900 }),
  refusals: fc.integer({ min: 0, max: 3 }),
  hasUndo: fc.boolean(),
  reads: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
});

/** Sagas of one to six compensatable rows, the pivot, and up to three retryable rows. */
export const anyPlan: fc.Arbitrary<SagaPlan> = fc.record({
  before: fc.array(row, { minLength: 1, maxLength: 6 }),
  after: fc.array(row, { maxLength: 3 }),
});

/** The rows among `reads` that come before the row at `index`. */
export const earlier = (reads: readonly number[], index: number) => reads.filter((read) => read < index);

export function aStep<Result = unknown>(name: string, timeoutSeconds = 10): StepRef<string, unknown, Result> {
  return { service: 'shop', handler: name.toLowerCase(), name, timeoutSeconds };
}

/** The plan as a saga: rows `Do0`, `Undo0`, …, the pivot `Decide` with `Settle`, `After0`, …, the endings `Undone` and `Parked2`. */
export function toSaga({ before, after }: SagaPlan): Saga {
  const start = saga<Input, string>('made-up', 'id') as BeforePivot<Input, string, Results>;
  const compensated = before.reduce((rows, plan, index) => {
    const values = (results: Results, reads: readonly number[]) =>
      earlier(reads, index).map((read) => results[`Do${read}`]);
    return rows.compensatable({
      step: aStep(`Do${index}`, plan.timeoutSeconds),
      retry: STEP_RETRY,
      arguments: ({ input, results }) => ({ id: input.id, values: values(results, plan.reads) }),
      undo: plan.hasUndo
        ? {
            step: aStep(`Undo${index}`, plan.timeoutSeconds),
            retry: UNDO_RETRY,
            arguments: ({ input }) => ({ id: input.id }),
          }
        : 'nothing',
      refusals: refusalsOf(`Do${index}`, plan.refusals),
      unavailable: `DO_${index}_UNAVAILABLE`,
    });
  }, start);
  const decided = compensated.pivot({
    step: aStep('Decide'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ to: input.address['postal-code'] }),
    abandon: { step: aStep('Settle'), retry: UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
    refusals: refusalsOf('Decide', before[0]?.refusals ?? 0),
    unavailable: 'DECIDE_UNAVAILABLE',
  });
  const done = after.reduce(
    (rows, plan, index) =>
      rows.retryable({
        step: aStep(`After${index}`, plan.timeoutSeconds),
        retry: UNDO_RETRY,
        arguments: ({ input }) => ({ id: input.id }),
        unavailable: `AFTER_${index}_UNAVAILABLE`,
      }),
    decided,
  );
  return done.ending({
    whenUndone: {
      step: aStep('ReportUndone'),
      retry: UNDO_RETRY,
      arguments: ({ input, failure }) => ({ id: input.id, failure }),
    },
    whenParked: {
      step: aStep('ReportParked'),
      retry: UNDO_RETRY,
      arguments: ({ failure, failedUndos }) => ({ failure, failedUndos }),
    },
  });
}

/** The names of the rows whose results some later command of the plan uses. */
export function usedResults({ before }: SagaPlan): Set<string> {
  return new Set(before.flatMap((plan, index) => earlier(plan.reads, index)).map((read) => `Do${read}`));
}

function refusalsOf(step: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${step}Refused${index}Error`, `${step.toUpperCase()}_NO_${index}`]),
  );
}
