import validateAsl from 'asl-validator';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { placeOrder } from '../../../functions/orders/place-order.saga';
import { pivotOf, undoStepsOf } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';
import { substitutionOf } from '../../../lib/saga/task-state';
import {
  certainVariables,
  chainFrom,
  readMachine,
  readUndoMachine,
  stateOf,
  undosDue,
  variablesIn,
} from './asl-meaning';
import { anyPlan, toSaga } from './made-up-saga';

const evaluate = (value: unknown, variables: Record<string, unknown>) =>
  jsonata(String(value).replace(/^\{%|%\}$/g, '')).evaluate({}, variables);

describe('after the settlement of the pivot', () => {
  const STANDARD = 'arn:aws:states:eu-west-1:1:execution:holdfast-dev-made-up:o1';
  const EXPRESS = 'arn:aws:states:eu-west-1:1:express:holdfast-dev-made-up:o1:6f1c';

  /** The undos that follow when the pivot is known not to have happened. */
  async function undosAfter(saga: Saga, failedStep: string, id: string, name: string): Promise<string[]> {
    const machine = readMachine(saga);
    const decision = stateOf(machine, 'DidThePivotHappen');
    const states = { context: { Execution: { Id: id, Name: name, Input: { id: 'o1', orderId: 'o1' } } } };
    for (const { Condition, Next } of decision.Choices ?? []) {
      const holds = await evaluate(Condition, { states, pivotOutcome: 'abandoned', failure: { step: failedStep } });
      if (holds) return chainFrom(machine, Next);
    }
    return chainFrom(machine, decision.Default ?? '');
  }

  const beforePivot = (saga: Saga) => saga.rows.slice(0, pivotOf(saga).index + 1);
  const forEverySaga = (check: (saga: Saga) => Promise<void>) =>
    fc.assert(fc.asyncProperty(fc.oneof(fc.constant(placeOrder), anyPlan.map(toSaga)), check), {
      seed: 20260101,
      numRuns: 40,
    });

  it('an execution that is alone undoes what it attempted, the failed step included, the last one first', () =>
    forEverySaga(async (saga) => {
      for (const [index, { step }] of beforePivot(saga).entries()) {
        expect(await undosAfter(saga, step.name, STANDARD, 'o1')).toEqual(undosDue(saga, index));
      }
    }));

  it.each([
    ['an Express execution', EXPRESS, 'o1'],
    ['a repair', STANDARD, 'o1-1'],
  ])('%s undoes every row, the last one first', (_, id, name) =>
    forEverySaga(async (saga) => {
      const all = undosDue(saga, saga.rows.length - 1);
      for (const { step } of beforePivot(saga)) {
        expect(await undosAfter(saga, step.name, id, name)).toEqual(all);
      }
    }),
  );
});

describe('the state machine that only undoes', () => {
  it('settles the pivot, then undoes every row, and ends as the saga does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(placeOrder), anyPlan.map(toSaga)), (saga) => {
        const machine = readUndoMachine(saga);
        const whole = readMachine(saga);
        const begin = stateOf(machine, machine.StartAt);
        const settlement = pivotOf(saga).abandon.step.name;
        const all = stateOf(machine, 'DidThePivotHappen').Default ?? '';

        expect(begin).toMatchObject({ Type: 'Pass', Next: settlement });
        expect(chainFrom(machine, all)).toEqual(undosDue(saga, saga.rows.length - 1));
        for (const name of Object.keys(machine.States).filter((state) => state !== machine.StartAt)) {
          expect(machine.States[name]).toEqual(whole.States[name]);
        }
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('has every variable that it reads, and no state that is never reached', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(placeOrder), anyPlan.map(toSaga)), (saga) => {
        const machine = readUndoMachine(saga);
        const certain = certainVariables(machine);

        expect([...certain.keys()].sort()).toEqual(Object.keys(machine.States).sort());
        for (const [name, state] of Object.entries(machine.States)) {
          const unset = [...variablesIn(state)].filter((variable) => !certain.get(name)?.has(variable));
          expect({ name, unset }).toEqual({ name, unset: [] });
        }
        const named = [...JSON.stringify(machine).matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]);
        expect(new Set(named)).toEqual(new Set(undoStepsOf(saga).map(substitutionOf)));
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validateAsl(JSON.parse(JSON.stringify(readUndoMachine(placeOrder))));

    expect(isValid ? '' : errorsText()).toBe('');
  });
});
