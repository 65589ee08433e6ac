import validateAsl from 'asl-validator';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { cancelOrder } from '../../../functions/orders/cancel-order.saga';
import { placeOrder } from '../../../functions/orders/place-order.saga';
import { type RetryPolicy, toRetriers, UNDO_RETRY } from '../../../lib/saga/retry-policy';
import { pivotOf, stepsOf, undoOf } from '../../../lib/saga/rows';
import { type Saga, saga } from '../../../lib/saga/saga';
import { substitutionOf } from '../../../lib/saga/task-state';
import { toAsl } from '../../../lib/saga/to-asl';
import {
  catcherOf,
  certainVariables,
  chainFrom,
  readMachine,
  stateOf,
  tasksOf,
  undosDue,
  variablesIn,
} from './asl-meaning';
import { anyPlan, aStep, toSaga, usedResults } from './made-up-saga';

const COMMAND_FIELDS = ['arguments', 'idempotencyKey', 'notAfter', 'sagaId', 'step'];
const NEVER_RETRIED = ['DeadlineExceededError', 'StepUndoneError', 'InvalidCommandError', 'IllegalStateError'];

const evaluate = (value: unknown, variables: Record<string, unknown>) =>
  jsonata(String(value).replace(/^\{%|%\}$/g, '')).evaluate({}, variables);

/** The steps up to the pivot: what can still be given up. */
function stepsBeforeTheEnd(saga: Saga): Set<string> {
  return new Set(saga.rows.filter(({ kind }) => kind !== 'retryable').map(({ step }) => step.name));
}

/** How each command is repeated, by its name. */
function policiesOf(saga: Saga): Map<string, RetryPolicy> {
  const undos = saga.rows.flatMap((row) => undoOf(row) ?? []);
  const commands = [...saga.rows, ...undos, pivotOf(saga).abandon, saga.whenUndone, saga.whenParked];
  return new Map(commands.map(({ step, retry }) => [step.name, retry]));
}

/** What is true of the state machine of every saga. */
const MEANINGS: ReadonlyArray<[title: string, check: (saga: Saga) => void]> = [
  [
    'leads from the failure of each row before the pivot, and of the pivot itself, to the settlement of the pivot',
    (saga) => {
      const machine = readMachine(saga);
      const settlement = pivotOf(saga).abandon.step.name;
      for (const row of saga.rows.filter(({ kind }) => kind !== 'retryable')) {
        for (const error of [...Object.keys(row.refusals), 'States.Timeout']) {
          expect(catcherOf(stateOf(machine, row.step.name), error).Next).toBe(settlement);
        }
      }
    },
  ],
  [
    'goes on with the undo before when an undo fails, and remembers it',
    (saga) => {
      const machine = readMachine(saga);
      for (const name of undosDue(saga, saga.rows.length - 1)) {
        const { Next, Catch } = stateOf(machine, name);
        const failedUndos = `{% $append($failedUndos, '${name}') %}`;
        expect(Catch).toEqual([{ ErrorEquals: ['States.ALL'], Assign: { failedUndos }, Next }]);
      }
    },
  ],
  [
    'ends the undos by asking whether all of them succeeded',
    (saga) => {
      const machine = readMachine(saga);
      const undos = undosDue(saga, saga.rows.length - 1);
      const last = undos.at(-1);
      const choice = last === undefined ? 'WereAllUndone' : stateOf(machine, last).Next;
      expect(choice).toBe('WereAllUndone');
      expect(stateOf(machine, choice)).toEqual({
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($failedUndos) = 0 %}', Next: saga.whenUndone.step.name }],
        Default: saga.whenParked.step.name,
      });
    },
  ],
  [
    'runs the rows in their order and then completes',
    (saga) => {
      const machine = readMachine(saga);
      const rows = saga.rows.map(({ step }) => step.name);
      expect(machine.StartAt).toBe(rows[0]);
      expect(chainFrom(machine, machine.StartAt)).toEqual(rows);
      expect(stateOf(machine, rows.at(-1))).toMatchObject({ End: true, Output: { outcome: 'completed' } });
    },
  ],
  [
    'catches everything in every task, by a last catcher of its own',
    (saga) => {
      for (const [, { Catch = [] }] of tasksOf(readMachine(saga))) {
        expect(Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
        expect(Catch.slice(0, -1).flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.ALL');
      }
    },
  ],
  [
    'never repeats a refusal, and repeats everything else',
    (saga) => {
      const refusals = new Map(
        saga.rows.flatMap((row) => {
          const undo = undoOf(row);
          const final = undo ? [[undo.step.name, undo.finalErrors ?? []] as const] : [];
          return [[row.step.name, Object.keys(row.refusals)] as const, ...final];
        }),
      );
      const policies = policiesOf(saga);
      const givenUp = stepsBeforeTheEnd(saga);
      for (const [name, { Retry }] of tasksOf(readMachine(saga))) {
        const open = givenUp.has(name) ? ['CircuitOpenError'] : [];
        expect(Retry).toEqual([
          { ErrorEquals: [...(refusals.get(name) ?? []), ...open, ...NEVER_RETRIED], MaxAttempts: 0 },
          ...toRetriers(policies.get(name) ?? UNDO_RETRY),
        ]);
      }
    },
  ],
  [
    'reports each refusal of a row by its own code, and everything else as unavailable',
    (saga) => {
      const machine = readMachine(saga);
      for (const row of saga.rows) {
        const codes = { ...row.refusals, 'States.Timeout': row.unavailable };
        for (const [error, code] of Object.entries(codes)) {
          const { Assign } = catcherOf(stateOf(machine, row.step.name), error);
          expect(Assign).toMatchObject({ failure: { code, step: row.step.name }, failedUndos: [] });
        }
      }
    },
  ],
  [
    'waits longer for a task than its function may run, and has no limit over the whole',
    (saga) => {
      const limits = new Map(stepsOf(saga).map(({ name, timeoutSeconds }) => [name, timeoutSeconds]));
      const machine = readMachine(saga);
      for (const [name, { TimeoutSeconds }] of tasksOf(machine)) {
        expect(TimeoutSeconds).toBeGreaterThan(limits.get(name) ?? Number.NaN);
      }
      expect(machine).not.toHaveProperty('TimeoutSeconds');
    },
  ],
  [
    'gives every command saga, step, key, deadline and arguments, and a step that can be given up what its repeats wait',
    (saga) => {
      const givenUp = stepsBeforeTheEnd(saga);
      for (const [name, { Resource, Arguments }] of tasksOf(readMachine(saga))) {
        const { step, sagaId, idempotencyKey } = Arguments?.Payload ?? {};
        expect(Resource).toBe('arn:aws:states:::lambda:invoke');
        const more = givenUp.has(name) ? ['waitLeftMs'] : [];
        expect(Object.keys(Arguments?.Payload ?? {}).sort()).toEqual([...COMMAND_FIELDS, ...more]);
        expect(step).toBe(name);
        expect(sagaId).toBe(`{% $states.context.Execution.Input.${saga.idKey} %}`);
        expect(idempotencyKey).toBe(`{% $states.context.Execution.Input.${saga.idKey} & '/${name}' %}`);
      }
    },
  ],
  [
    'never uses the result of a step in its own undo',
    (saga) => {
      const machine = readMachine(saga);
      for (const row of saga.rows) {
        if (row.kind !== 'compensatable' || row.undo === 'nothing') continue;
        const { Arguments } = stateOf(machine, row.undo.step.name);
        expect(variablesIn(Arguments)).not.toContain(row.step.name);
      }
    },
  ],
  [
    'reads a variable only where it has a value on every way that leads there',
    (saga) => {
      const machine = readMachine(saga);
      const certain = certainVariables(machine);
      expect([...certain.keys()].sort()).toEqual(Object.keys(machine.States).sort());
      for (const [name, state] of Object.entries(machine.States)) {
        const unset = [...variablesIn(state)].filter((variable) => !certain.get(name)?.has(variable));
        expect({ name, unset }).toEqual({ name, unset: [] });
      }
    },
  ],
  [
    'goes on after the pivot when it turns out to have happened, and parks when that cannot be found out',
    (saga) => {
      const machine = readMachine(saga);
      const { abandon, index } = pivotOf(saga);
      const settle = stateOf(machine, abandon.step.name);
      const next = saga.rows[index + 1]?.step.name ?? 'Completed';
      expect(settle.Assign).toEqual({ pivotOutcome: '{% $states.result.Payload.outcome %}' });
      expect(catcherOf(settle, 'States.Timeout').Next).toBe(saga.whenParked.step.name);
      expect(stateOf(machine, settle.Next).Choices?.[0]).toEqual({
        Condition: "{% $pivotOutcome = 'happened' %}",
        Next: next,
      });
    },
  ],
  [
    'parks a row after the pivot that cannot be done, and undoes nothing',
    (saga) => {
      const machine = readMachine(saga);
      const retryable = saga.rows.filter(({ kind }) => kind === 'retryable');
      const leadTo = retryable.map(({ step }) => stateOf(machine, step.name).Catch?.map(({ Next }) => Next));
      expect(leadTo).toEqual(retryable.map(() => [saga.whenParked.step.name]));
    },
  ],
  [
    'ends as compensated only after its report, and as failed when that fails or something is parked',
    (saga) => {
      const machine = readMachine(saga);
      const undone = stateOf(machine, saga.whenUndone.step.name);
      const parked = stateOf(machine, saga.whenParked.step.name);
      expect(undone).toMatchObject({ End: true, Output: { outcome: 'compensated' } });
      expect(catcherOf(undone, 'States.Timeout').Next).toBe(saga.whenParked.step.name);
      expect([parked.Next, catcherOf(parked, 'States.Timeout').Next]).toEqual(['Parked', 'Parked']);
      expect(stateOf(machine, 'Parked')).toMatchObject({ Type: 'Fail', Error: 'SagaParked' });
    },
  ],
  [
    'calls functions only by the names that are substituted',
    (saga) => {
      const named = [...JSON.stringify(toAsl(saga)).matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]);
      expect(new Set(named)).toEqual(new Set(stepsOf(saga).map(substitutionOf)));
      expect(stepsOf(saga)).toHaveLength(new Set(named).size);
    },
  ],
];

describe.each(MEANINGS)('the state machine of a saga %s', (_, check) => {
  it('for place-order', () => {
    expect.hasAssertions();
    check(placeOrder);
  });

  // It has no undos, so of these there is nothing to say.
  it('for cancel-order', () => check(cancelOrder));

  it('for every made-up saga', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(anyPlan.map(toSaga), (saga) => check(saga)),
      { seed: 20260101, numRuns: 60 },
    );
  });
});

describe('the state machine of a saga', () => {
  it.each([placeOrder, cancelOrder, ...fc.sample(anyPlan.map(toSaga), { seed: 20260101, numRuns: 4 })])(
    'is valid Amazon States Language ($name, %#)',
    (saga) => {
      const { isValid, errorsText } = validateAsl(JSON.parse(JSON.stringify(toAsl(saga))));

      expect(isValid ? '' : errorsText()).toBe('');
    },
  );

  it('keeps the result of a step only where a later command reads it', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const saga = toSaga(plan);
        const machine = readMachine(saga);

        const kept = saga.rows.flatMap(({ step }) => {
          const { Assign } = stateOf(machine, step.name);
          return Assign ? [[step.name, Assign]] : [];
        });

        const used = saga.rows.map(({ step }) => step.name).filter((name) => usedResults(plan).has(name));
        expect(kept).toEqual(used.map((name) => [name, { [name]: '{% $states.result.Payload %}' }]));
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('tells a step from another whose name begins alike', () => {
    const twoSteps = saga<{ id: string }, 'NO'>('two', 'id')
      .compensatable({
        step: aStep('Do'),
        retry: UNDO_RETRY,
        arguments: () => ({}),
        undo: 'nothing',
        unavailable: 'NO',
      })
      .compensatable({
        step: aStep('DoMore'),
        retry: UNDO_RETRY,
        arguments: () => ({}),
        undo: 'nothing',
        unavailable: 'NO',
      })
      .pivot({
        step: aStep('Decide'),
        retry: UNDO_RETRY,
        arguments: ({ results }) => ({ more: results.DoMore }),
        abandon: { step: aStep<{ outcome: 'abandoned' }>('Settle'), retry: UNDO_RETRY, arguments: () => ({}) },
        unavailable: 'NO',
      })
      .ending({
        whenUndone: { step: aStep('Undone'), retry: UNDO_RETRY, arguments: () => ({}) },
        whenParked: { step: aStep('ParkIt'), retry: UNDO_RETRY, arguments: () => ({}) },
      });

    const machine = readMachine(twoSteps);

    expect(stateOf(machine, 'Do').Assign).toBeUndefined();
    expect(stateOf(machine, 'DoMore').Assign).toEqual({ DoMore: '{% $states.result.Payload %}' });
  });

  it('sets the deadline to the entry of the state and the whole budget of the step', async () => {
    const states = { context: { State: { EnteredTime: '2026-01-01T00:00:00.123Z' } } };
    const row = { refusals: 0, hasUndo: true, reads: [] };
    const before = [10, 15].map((timeoutSeconds) => ({ ...row, timeoutSeconds }));
    const machine = readMachine(toSaga({ before, after: [{ ...row, timeoutSeconds: 15 }] }));
    const deadlines: Record<string, string> = {};
    for (const [name, { Arguments }] of tasksOf(machine)) {
      deadlines[name] = await evaluate(Arguments?.Payload.notAfter, { states });
    }

    expect(deadlines).toEqual({
      Do0: '2026-01-01T00:01:07.123Z',
      Undo0: '2026-01-01T00:02:36.123Z',
      Do1: '2026-01-01T00:01:27.123Z',
      Undo1: '2026-01-01T00:03:11.123Z',
      Decide: '2026-01-01T00:01:07.123Z',
      Settle: '2026-01-01T00:02:36.123Z',
      After0: '2026-01-01T00:03:11.123Z',
      ReportUndone: '2026-01-01T00:02:36.123Z',
      ReportParked: '2026-01-01T00:02:36.123Z',
    });
  });

  it.each([
    ['at the first attempt', { RetryCount: 0 }, 3500],
    ['before the second repeat', { RetryCount: 1 }, 3000],
    ['before the last repeat', { RetryCount: 2 }, 2000],
    ['at the last attempt', { RetryCount: 3 }, 0],
    ['when more was repeated than is known here', { RetryCount: 4 }, 0],
    ['when nothing was counted', {}, 0],
  ])('tells a step what its repeats wait: %s', async (_, State, left) => {
    const { Arguments } = stateOf(readMachine(placeOrder), 'ChargePayment');

    expect(await evaluate(Arguments?.Payload.waitLeftMs, { states: { context: { State } } })).toBe(left);
  });

  it('keeps the failed undos as a list, also when there is one', async () => {
    const { Catch } = stateOf(readMachine(placeOrder), 'RefundPayment');

    const one = await evaluate(Catch?.[0]?.Assign?.failedUndos, { failedUndos: [] });
    const two = await evaluate(Catch?.[0]?.Assign?.failedUndos, { failedUndos: ['CancelShipment'] });

    expect(JSON.stringify([one, two])).toBe('[["RefundPayment"],["CancelShipment","RefundPayment"]]');
  });

  it.each([
    { failedUndos: [], next: 'whenUndone' as const },
    { failedUndos: ['RefundPayment'], next: 'whenParked' as const },
    { failedUndos: ['CancelShipment', 'RefundPayment'], next: 'whenParked' as const },
  ])('takes $failedUndos as failed undos to $next', async ({ failedUndos, next }) => {
    const choice = stateOf(readMachine(placeOrder), 'WereAllUndone');

    const isUndone = await evaluate(choice.Choices?.[0]?.Condition, { failedUndos });

    expect(isUndone ? choice.Choices?.[0]?.Next : choice.Default).toBe(placeOrder[next].step.name);
  });

  it.each([
    [['CancelShipment', 'RefundPayment'], 'not finished: CancelShipment, RefundPayment'],
    [['RefundPayment'], 'not finished: RefundPayment'],
    [[], 'not finished: ConfirmOrder'],
  ])('says what is not finished when %j were not undone', async (failedUndos, cause) => {
    const { Cause } = stateOf(readMachine(placeOrder), 'Parked');

    expect(await evaluate(Cause, { failedUndos, failure: { step: 'ConfirmOrder' } })).toBe(cause);
  });

  it.each([
    [{ Error: 'A', Cause: 'x'.repeat(5000) }, 'x'.repeat(2000)],
    [{ Error: 'A', Cause: 'short' }, 'short'],
    [{ Error: 'A' }, ''],
  ])('keeps at most 2,000 characters of a cause', async (errorOutput, cause) => {
    const failure = catcherOf(stateOf(readMachine(placeOrder), 'ReserveStock'), 'A').Assign?.failure;

    const kept = await evaluate((failure as { cause: string }).cause, { states: { errorOutput } });

    expect(kept).toBe(cause);
  });

  it('stays far below the largest definition for place-order', () => {
    expect(Buffer.byteLength(JSON.stringify(toAsl(placeOrder)))).toBeLessThan(64 * 1024);
  });
});
