import { type Defect, fakeWorld } from './fake-world';
import { runTask, type Task } from './matrix';
import { shrinkFailure } from './shrink-failure';
import type { Simulate } from './simulation';

const task: Task = { cell: 'F1/2', profile: 'STANDARD', seed: 4, orders: 30 };

/** Charges twice when both steps are struck twice. */
const needsFourFaults: Defect = (strikes) =>
  ['inventory/reserve-stock', 'payments/charge-payment'].every(
    (name) => strikes.filter(({ call }) => call.name === name).length >= 2,
  );

describe('the search for the shortest failing history', () => {
  it('leaves one order and the four faults that it takes', async () => {
    const world = fakeWorld(needsFourFaults);
    expect((await runTask(task, world)).violations.length).toBeGreaterThan(1);

    const shortest = await shrinkFailure(task, world);

    expect(shortest).toMatchObject({ orders: 1, faults: 4, violations: [{ rule: 'money' }] });
    expect(shortest.history).toHaveLength(4);
    expect(shortest.reruns).toBeLessThan(100);
  });

  it('leaves no fault when it fails without any', async () => {
    const shortest = await shrinkFailure(
      task,
      fakeWorld(() => true),
    );

    expect(shortest).toMatchObject({ orders: 1, faults: 0 });
  });

  it('follows the first rule that was broken, and not another that appears on the way', async () => {
    const world = fakeWorld(needsFourFaults);
    const breaksMoreWhenSmall: Simulate = async (options) => {
      const outcome = await world(options);
      const others = options.plan.orders.length < 30 ? [{ rule: 'stuck', detail: 'on the way' }] : [];
      return { ...outcome, violations: [...others, ...outcome.violations] };
    };

    const { violations } = await shrinkFailure(task, breaksMoreWhenSmall);

    expect(violations.map(({ rule }) => rule)).toContain('money');
  });

  it('answers the whole run when its faults alone break nothing', async () => {
    let runs = 0;
    const breaksOnce: Simulate = (options) => fakeWorld(() => runs === 0)(options).finally(() => (runs += 1));

    expect(await shrinkFailure(task, breaksOnce)).toMatchObject({ orders: 30 });
  });

  it('refuses a run that breaks nothing', async () => {
    await expect(shrinkFailure(task, fakeWorld())).rejects.toThrow('seed 4 breaks no rule in F1/2 as STANDARD');
  });
});
