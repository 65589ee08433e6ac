import type { HandlerContract } from '../service/contract';
import { ENV, type MachineRole, type Workflow } from '../service/names';

/** What the names of a handler's state machines depend on. */
export interface Deployment {
  readonly workflow: Workflow;
  hasUndos(saga: string): boolean;
  arnOf(saga: string, role: MachineRole): string;
}

/**
 * The environment variables that tell a handler of the sagas in its contract: those that it starts, takes up, undoes or watches.
 * Empty when it names none. With STANDARD a saga's own machine is the one that repairs.
 */
export function sagaVariables(
  { starts = [], repairs = [], undoes = [], watches = [] }: HandlerContract,
  { workflow, hasUndos, arnOf }: Deployment,
): Record<string, string> {
  const mains = [...starts, ...watches];
  const others = [...repairs, ...undoes, ...watches];
  if (mains.length + others.length === 0) return {};
  return Object.fromEntries([
    [ENV.workflow, workflow],
    ...mains.map((saga) => [ENV.stateMachineArn(saga), arnOf(saga, 'main')]),
    ...others.map((saga) => [ENV.repairMachineArn(saga), arnOf(saga, workflow === 'EXPRESS' ? 'repair' : 'main')]),
    ...others.filter(hasUndos).map((saga) => [ENV.undoMachineArn(saga), arnOf(saga, 'undo')]),
  ]);
}
