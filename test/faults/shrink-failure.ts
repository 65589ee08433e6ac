import { replayOf } from './injectors';
import { optionsOf, type Task } from './matrix';
import { shrink } from './shrink';
import type { FoundViolation, Outcome, Simulate, Strike } from './simulation';

/** The shortest run that was found to fail as the whole one does. */
export interface Shortest {
  readonly orders: number;
  readonly faults: number;
  readonly violations: readonly FoundViolation[];
  readonly history: readonly string[];
  /** How many runs it took to find it. */
  readonly reruns: number;
}

const MAX_RERUNS = 300;

/**
 * Makes a failing run small: leaves out orders, then faults, then orders again, as long as the first rule that was broken is
 * still broken. Answers the whole run where the faults alone, carried out again, break nothing.
 * `maxReruns`: how many runs may be made to find it, default 300.
 *
 * @throws {Error} when the run breaks no rule
 */
export async function shrinkFailure(task: Task, simulate: Simulate, maxReruns = MAX_RERUNS): Promise<Shortest> {
  const options = optionsOf(task);
  const whole = await simulate(options);
  const rule = whole.violations[0]?.rule;
  if (rule === undefined) throw new Error(`seed ${task.seed} breaks no rule in ${task.cell} as ${task.profile}`);

  const reruns = { left: maxReruns };
  let tasks = options.plan.tasks;
  let smallest: { orders: typeof options.plan.orders; outcome: Outcome } = { ...options.plan, outcome: whole };
  const fails = async (orders: typeof options.plan.orders, strikes: readonly Strike[]) => {
    const plan = { ...options.plan, orders, tasks };
    const outcome = await simulate({ ...options, plan, injector: replayOf(strikes) });
    const isFailing = outcome.violations.some((violation) => violation.rule === rule);
    if (isFailing) smallest = { orders, outcome };
    return isFailing;
  };

  const leaveOutTasks = async () => {
    tasks = [];
    reruns.left -= 1;
    if (!(await fails(smallest.orders, smallest.outcome.strikes))) tasks = options.plan.tasks;
  };
  const leaveOutOrders = () => shrink(smallest.orders, (orders) => fails(orders, smallest.outcome.strikes), reruns);
  await leaveOutTasks();
  await leaveOutOrders();
  await shrink(smallest.outcome.strikes, (strikes) => fails(smallest.orders, strikes), reruns);
  await leaveOutOrders();

  const { orders, outcome } = smallest;
  return {
    orders: orders.length,
    faults: outcome.strikes.length,
    violations: outcome.violations,
    history: outcome.history,
    reruns: maxReruns - reruns.left,
  };
}
