import { toJsonata } from '../../../lib/saga/expression';
import { STEP_RETRY, UNDO_RETRY } from '../../../lib/saga/retry-policy';
import { type Saga, saga } from '../../../lib/saga/saga';
import type { StepRef } from '../../../lib/saga/step-ref';
import { aStep } from './made-up-saga';

interface Input {
  readonly id: string;
}

const book = aStep<{ reference: string }>('Book');
const pay = aStep<{ receipt: string }>('Pay');

function aSaga(): Saga {
  return saga<Input, 'FULL' | 'SICK'>('trip', 'id')
    .compensatable({
      step: book as StepRef<'Book', unknown, { reference: string }>,
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ id: input.id }),
      undo: { step: aStep('Unbook'), retry: UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
      refusals: { FullError: 'FULL' },
      unavailable: 'SICK',
    })
    .compensatable({
      step: pay,
      retry: STEP_RETRY,
      arguments: ({ results }) => ({ reference: results.Book.reference }),
      undo: 'nothing',
      unavailable: 'SICK',
    })
    .pivot({
      step: aStep('Leave'),
      retry: STEP_RETRY,
      arguments: ({ input }) => ({ id: input.id }),
      abandon: {
        step: aStep<{ outcome: 'abandoned' }>('Stay'),
        retry: UNDO_RETRY,
        arguments: ({ input }) => ({ id: input.id }),
      },
      unavailable: 'SICK',
    })
    .retryable({ step: aStep('Greet'), retry: UNDO_RETRY, arguments: () => ({ text: 'hello' }), unavailable: 'SICK' })
    .ending({
      whenUndone: { step: aStep('Tell'), retry: UNDO_RETRY, arguments: ({ failure }) => ({ code: failure.code }) },
      whenParked: { step: aStep('Call'), retry: UNDO_RETRY, arguments: ({ failedUndos }) => ({ failedUndos }) },
    });
}

describe('a saga', () => {
  it('has its rows in the order in which they were written, each with its kind', () => {
    const { name, rows } = aSaga();

    expect(name).toBe('trip');
    expect(rows.map(({ step, kind }) => `${kind} ${step.name}`)).toEqual([
      'compensatable Book',
      'compensatable Pay',
      'pivot Leave',
      'retryable Greet',
    ]);
  });

  it('keeps refusals and the code of everything else; none are refused unless told', () => {
    const failing = aSaga().rows.map(({ refusals, unavailable }) => ({ refusals, unavailable }));

    expect(failing).toEqual([
      { refusals: { FullError: 'FULL' }, unavailable: 'SICK' },
      { refusals: {}, unavailable: 'SICK' },
      { refusals: {}, unavailable: 'SICK' },
      { refusals: {}, unavailable: 'SICK' },
    ]);
  });

  it('writes arguments out: the input, earlier results, the failure, the failed undos', () => {
    const { rows, whenUndone, whenParked } = aSaga();

    const written = toJsonata([...rows.map((row) => row.arguments), whenUndone.arguments, whenParked.arguments]);

    expect(written).toEqual([
      { id: '{% $states.context.Execution.Input.id %}' },
      { reference: '{% $Book.reference %}' },
      { id: '{% $states.context.Execution.Input.id %}' },
      { text: 'hello' },
      { code: '{% $failure.code %}' },
      { failedUndos: '{% $failedUndos %}' },
    ]);
  });

  it('has an undo in each compensatable row, or says that there is nothing to undo', () => {
    const undos = aSaga().rows.flatMap((row) => (row.kind === 'compensatable' ? [row.undo] : []));

    expect(undos).toEqual([{ step: aStep('Unbook'), arguments: expect.anything(), retry: UNDO_RETRY }, 'nothing']);
  });
});
