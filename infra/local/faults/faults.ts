/** The faults room: what should go wrong on demand, and when it does. */
import type { Clock } from '../clock';
import { type FaultKind, type FaultPart, type FaultSettings, parseTarget } from './fault';
import { answerFaultsApi, type FaultsAnswer, type FaultsRequest } from './faults-api';
import { seededRandom } from './seeded-random';

export { applyFault, type FaultForms, type RunOptions } from './apply-fault';
export type { FaultPart } from './fault';
export type { FaultsAnswer, FaultsRequest } from './faults-api';
export { serviceFailures } from './service-failures';

/** A call that a fault may strike. */
export interface FaultTarget {
  readonly part: FaultPart;
  /** The function, table, bus, queue, state machine, secret or service, if the call is about one. */
  readonly name?: string;
  /** What is being done, for the log, such as `PutItem`. */
  readonly call?: string;
}

/** One blow of a fault: what to do with the call. See {@link applyFault}. */
export interface Strike {
  readonly faultId: string;
  readonly kind: FaultKind;
  readonly delayMs?: number;
  /** Of a crash: the worker dies at this call of its own to the cloud, 1 to 3. */
  readonly crashAfterCalls?: number;
}

/** A fault that is in force or spent. */
export interface Fault extends FaultSettings {
  readonly id: string;
  readonly seed: number;
  /** How often it has struck. */
  readonly strikes: number;
  readonly createdAt: string;
}

export interface Faults {
  /**
   * Asks whether the call is struck: by the first fault, in the order of their making, that fits, is not spent, and draws
   * a number below its rate. Costs nothing while there is no fault.
   */
  strike(target: FaultTarget): Strike | undefined;
  /** Answers `/_local/faults` and what is below it. Errors are answers too. */
  handleHttp(request: FaultsRequest): FaultsAnswer;
}

/** How the HTTP interface changes and reads the register. */
export interface FaultRegister {
  add(settings: FaultSettings): Fault;
  find(id: string): Fault | undefined;
  list(): Fault[];
  /** Lifts one; `false` when there is none of that id. */
  remove(id: string): boolean;
  clear(): void;
}

interface Entry {
  fault: Fault;
  readonly part: string;
  readonly name: RegExp;
  readonly random: () => number;
}

/** A worker that is to crash dies at its first, second or third call. */
const MAX_CRASH_CALLS = 3;

/**
 * Opens the room without any fault. Faults are in memory only: a restart lifts them all. A fault without a seed gets its
 * number as one, so that a run from the start repeats. `onStrike` hears one line for the log each time a fault strikes.
 */
export function openFaults(options: { clock: Clock; onStrike?: (line: string) => void }): Faults {
  const { clock, onStrike } = options;
  const entries: Entry[] = [];
  let made = 0;

  const register: FaultRegister = {
    add(settings) {
      made += 1;
      const createdAt = new Date(clock.now()).toISOString();
      const fault = { id: `fault-${made}`, seed: made, ...settings, strikes: 0, createdAt };
      const { part, pattern } = parseTarget(settings.target);
      entries.push({ fault, part, name: toRegExp(pattern), random: seededRandom(fault.seed) });
      return fault;
    },
    find: (id) => entries.find(({ fault }) => fault.id === id)?.fault,
    list: () => entries.map(({ fault }) => fault),
    remove(id) {
      const index = entries.findIndex(({ fault }) => fault.id === id);
      if (index >= 0) entries.splice(index, 1);
      return index >= 0;
    },
    clear: () => void entries.splice(0),
  };

  return {
    strike(target) {
      if (entries.length === 0) return undefined;
      const entry = entries.find((candidate) => isStruck(candidate, target));
      if (entry === undefined) return undefined;
      entry.fault = { ...entry.fault, strikes: entry.fault.strikes + 1 };
      onStrike?.(describe(entry.fault, target));
      const { id, kind, delayMs } = entry.fault;
      return {
        faultId: id,
        kind,
        ...(delayMs !== undefined && { delayMs }),
        ...(kind === 'crash' && { crashAfterCalls: 1 + Math.floor(entry.random() * MAX_CRASH_CALLS) }),
      };
    },
    handleHttp: (request) => answerFaultsApi(register, request),
  };
}

function isStruck({ fault, part, name, random }: Entry, target: FaultTarget): boolean {
  const isSpent = fault.count !== undefined && fault.strikes >= fault.count;
  if (isSpent || part !== target.part || !name.test(target.name ?? '')) return false;
  return random() < fault.rate;
}

/** Without a pattern, everything fits. */
function toRegExp(pattern = '*'): RegExp {
  const literals = pattern.split('*').map((text) => text.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's');
}

function describe({ id, kind, target: meant, strikes, count }: Fault, { part, name, call }: FaultTarget): string {
  const struck = [part, name, call].filter((text) => text !== undefined).join(' ');
  return `${id} (${kind} on ${meant}) strikes ${struck}: strike ${strikes}${count === undefined ? '' : ` of ${count}`}`;
}
