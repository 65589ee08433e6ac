import type { ExecutionState, SagaMachines } from '../../../lib/saga/aws-saga-machines';
import type { MachineRole, Workflow } from '../../../lib/service/names';

/** Plays the machines of one saga: names that are started run until they are ended. */
export interface FakeMachines extends SagaMachines {
  /** `<role> <name>` of every start that had an effect, in order. */
  readonly started: ReadonlyArray<string>;
  readonly inputs: ReadonlyArray<object>;
  readonly traceHeaders: ReadonlyArray<string | undefined>;
  end(name: string): void;
  /** The next start takes effect, or does not, and throws. */
  failNext(effect: 'with effect' | 'without effect'): void;
}

/** With STANDARD the machine that repairs is the saga's own, so a name that one has is taken on the other. */
export function fakeMachines(workflow: Workflow = 'STANDARD'): FakeMachines {
  const states = new Map<string, ExecutionState>();
  const started: string[] = [];
  const inputs: object[] = [];
  const traceHeaders: Array<string | undefined> = [];
  let failure: 'with effect' | 'without effect' | undefined;
  const keyOf = (role: MachineRole, name: string) =>
    `${workflow === 'STANDARD' && role === 'main' ? 'repair' : role} ${name}`;
  return {
    workflow,
    started,
    inputs,
    traceHeaders,
    end: (name) => {
      for (const key of states.keys()) if (key.endsWith(` ${name}`)) states.set(key, 'ended');
    },
    failNext: (effect) => {
      failure = effect;
    },
    start: async (role, name, input, { traceHeader } = {}) => {
      const effect = failure;
      failure = undefined;
      const key = keyOf(role, name);
      if (effect !== 'without effect' && !states.has(key)) {
        states.set(key, 'running');
        started.push(`${role} ${name}`);
        inputs.push(input);
        traceHeaders.push(traceHeader);
      }
      if (effect) throw new Error('the reply was lost');
    },
    find: async (role, name) => states.get(keyOf(role, name)) ?? 'absent',
  };
}
