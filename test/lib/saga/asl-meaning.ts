import type { Saga } from '../../../lib/saga/saga';
import { toAsl, toUndoAsl } from '../../../lib/saga/to-asl';

/** One transition for errors, as the Amazon States Language writes it. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

/** The members of states that the tests look at. */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Arguments?: {
    readonly FunctionName: string;
    readonly Payload: Readonly<Record<string, unknown>>;
  };
  readonly TimeoutSeconds?: number;
  readonly Retry?: ReadonlyArray<Readonly<Record<string, unknown>> & { readonly ErrorEquals: readonly string[] }>;
  readonly Catch?: readonly Catcher[];
  readonly Choices?: ReadonlyArray<{ readonly Condition: string; readonly Next: string }>;
  readonly Default?: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Cause?: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The state machine of a saga, read back from the text that is deployed. */
export function readMachine(saga: Saga): Machine {
  return JSON.parse(JSON.stringify(toAsl(saga)));
}

/** The undo-only state machine of a saga. */
export function readUndoMachine(saga: Saga): Machine {
  return JSON.parse(JSON.stringify(toUndoAsl(saga)));
}

export function stateOf(machine: Machine, name: string | undefined): State {
  const state = machine.States[name ?? ''];
  if (!state) throw new Error(`there is no state ${name}`);
  return state;
}

export function tasksOf(machine: Machine): Array<[name: string, state: State]> {
  return Object.entries(machine.States).filter(([, { Type }]) => Type === 'Task');
}

/** Where a state leads to when `error` is left after its retries. */
export function catcherOf(state: State, error: string): Catcher {
  const found = state.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals[0] === 'States.ALL');
  if (!found) throw new Error(`${error} is not caught`);
  return found;
}

/** The states from `name` on that follow each other by success, up to the first that decides or ends. */
export function chainFrom(machine: Machine, name: string): string[] {
  const chain: string[] = [];
  for (let at: string | undefined = name; at !== undefined; at = stateOf(machine, at).Next) {
    if (chain.includes(at)) throw new Error(`the chain comes back to ${at}`);
    if (stateOf(machine, at).Type !== 'Task') break;
    chain.push(at);
  }
  return chain;
}

/** The names of the undos that are due when the rows up to `index`, this one included, were attempted. */
export function undosDue(saga: Saga, index: number): string[] {
  return saga.rows
    .slice(0, index + 1)
    .flatMap((row) => (row.kind === 'compensatable' && row.undo !== 'nothing' ? [row.undo.step.name] : []))
    .reverse();
}

/** The variables that a value of the definition reads. */
export function variablesIn(value: unknown): Set<string> {
  const text = JSON.stringify(value ?? null);
  const expressions = [...text.matchAll(/\{%(.*?)%\}/g)].map((match) => match[1] ?? '');
  const names = expressions.flatMap((one) =>
    [...one.matchAll(/\$([A-Za-z_]\w*)(?!\w|\s*\()/g)].map(([, name]) => name),
  );
  return new Set(names.filter((name): name is string => name !== undefined && name !== 'states'));
}

/** The variables that are certain to have a value in each state, whatever the way that led to it. */
export function certainVariables(machine: Machine): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>([[machine.StartAt, new Set()]]);
  const queue = [machine.StartAt];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const before = known.get(name) ?? new Set();
    for (const { to, assigned } of waysOut(stateOf(machine, name))) {
      const arriving = new Set([...before, ...assigned]);
      const there = known.get(to);
      const merged = there ? new Set([...there].filter((variable) => arriving.has(variable))) : arriving;
      if (there?.size === merged.size) continue;
      known.set(to, merged);
      queue.push(to);
    }
  }
  return known;
}

function waysOut(state: State): Array<{ to: string; assigned: string[] }> {
  const assigned = Object.keys(state.Assign ?? {});
  return [
    ...(state.Next === undefined ? [] : [{ to: state.Next, assigned }]),
    ...(state.Catch ?? []).map(({ Next, Assign }) => ({ to: Next, assigned: Object.keys(Assign ?? {}) })),
    ...(state.Choices ?? []).map(({ Next }) => ({ to: Next, assigned: [] })),
    ...(state.Default === undefined ? [] : [{ to: state.Default, assigned: [] }]),
  ];
}
