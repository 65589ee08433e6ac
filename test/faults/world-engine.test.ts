import { type Fate, type Injector, OK } from './fates';
import { openEngine } from './world/engine';

/** Two tasks with one repeat each; what fails is caught by nobody. */
const task = (name: string, rest: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: { orderId: '{% $states.context.Execution.Input.orderId %}' } },
  TimeoutSeconds: 10,
  Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
  ...rest,
});
const MACHINE = {
  QueryLanguage: 'JSONata',
  StartAt: 'Charge',
  States: { Charge: task('charge', { Next: 'Ship' }), Ship: task('ship', { End: true }) },
};

/** Runs the machine once with participants that do as they are told, each time. */
async function run(fate: Fate, nth = 0) {
  const injector: Injector = (call) => (call.name === 'charge' && call.nth === nth ? fate : OK);
  const engine = openEngine({ seed: 1, injector, about: ({ payload }) => payload as { orderId: string } });
  const effects: string[] = [];
  const end = await engine.run(MACHINE, { orderId: 'order-1' }, ({ name }) => {
    effects.push(name);
    return {};
  });
  return { status: end.status, effects, strikes: engine.strikes, history: engine.history };
}

describe('an engine with naive participants', () => {
  it.each<[string, Fate, string[]]>([
    ['no fault', OK, ['charge', 'ship']],
    ['a failure before the effect', { kind: 'error-before', error: 'Lambda.ServiceException' }, ['charge', 'ship']],
    ['a lost reply', { kind: 'error-after', error: 'Lambda.SdkClientException' }, ['charge', 'charge', 'ship']],
    ['silence', { kind: 'error-after' }, ['charge', 'charge', 'ship']],
    ['a call that lands late', { kind: 'late', landsAfterMs: 3_600_000 }, ['charge', 'ship', 'charge']],
    ['a duplicate', { kind: 'duplicate', afterMs: 5_000 }, ['charge', 'ship', 'charge']],
  ])('comes to its end with %s', async (_, fate, effects) => {
    const outcome = await run(fate);

    expect(outcome).toMatchObject({ status: 'SUCCEEDED', effects });
    expect(outcome.strikes).toHaveLength(fate.kind === 'ok' ? 0 : 1);
  });

  it('fails an execution by the error of its participant', async () => {
    const engine = openEngine({ seed: 1, injector: () => OK });

    const end = await engine.run(MACHINE, { orderId: 'order-1' }, () => {
      throw Object.assign(new Error('no'), { name: 'CardDeclinedError' });
    });

    expect(end).toMatchObject({ status: 'FAILED', error: 'CardDeclinedError' });
  });
});
