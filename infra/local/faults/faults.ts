/** The faults room: what should go wrong on demand, and when it does. */
import type { Clock } from '../clock';
import type { Fault, FaultKind, FaultPart } from './fault';
import { answerFaultsApi, type FaultRegister, type FaultsAnswer, type FaultsRequest } from './faults-api';

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

export interface Faults {
  /**
   * Asks whether the call is struck: by the first fault, in the order of their making, that fits, is not spent, and draws
   * a number below its rate.
   */
  strike(target: FaultTarget): Strike | undefined;
  /** Answers `/_local/faults` and what is below it. Errors are answers too. */
  handleHttp(request: FaultsRequest): FaultsAnswer;
}

interface Entry {
  fault: Fault;
  fits(target: FaultTarget): boolean;
  random(): number;
}

/** A worker that is to crash dies at its first, second or third call. */
const MAX_CRASH_CALLS = 3;

/**
 * Opens the room without any fault. Faults are in memory only: a restart lifts them all. A fault without a seed gets its
 * number as one, so that a run from the start repeats. `onStrike` hears one line for the log each time a fault strikes.
 */
export function openFaults({ clock, onStrike }: { clock: Clock; onStrike?: (line: string) => void }): Faults {
  let entries: Entry[] = [];
  let made = 0;

  const register: FaultRegister = {
    list: () => entries.map(({ fault }) => fault),
    add(settings) {
      made += 1;
      const createdAt = new Date(clock.now()).toISOString();
      const fault = { id: `fault-${made}`, seed: made, ...settings, strikes: 0, createdAt };
      entries.push({ fault, fits: parseTarget(fault.target), random: seededRandom(fault.seed) });
      return fault;
    },
    remove(id) {
      entries = entries.filter(({ fault }) => id !== undefined && fault.id !== id);
    },
  };

  return {
    strike(target) {
      const entry = entries.find(({ fault: { count, strikes, rate }, fits, random }) => {
        const isSpent = count !== undefined && strikes >= count;
        return !isSpent && fits(target) && random() < rate;
      });
      if (entry === undefined) return undefined;
      entry.fault = { ...entry.fault, strikes: entry.fault.strikes + 1 };
      onStrike?.(describe(entry.fault, target));
      const { id: faultId, kind, delayMs } = entry.fault;
      return {
        faultId,
        kind,
        ...(delayMs !== undefined && { delayMs }),
        ...(kind === 'crash' && { crashAfterCalls: 1 + Math.floor(entry.random() * MAX_CRASH_CALLS) }),
      };
    },
    handleHttp: (request) => answerFaultsApi(register, request),
  };
}

/** Without a pattern, all of the part is meant. */
function parseTarget(text: string): Entry['fits'] {
  const [, part = '', pattern = '*'] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const literals = pattern.split('*').map((literal) => literal.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  const named = new RegExp(`^${literals.join('.*')}$`, 's');
  return (target) => target.part === part && named.test(target.name ?? '');
}

function describe({ id, kind, target: meant, strikes, count }: Fault, { part, name, call }: FaultTarget): string {
  const struck = [part, name, call].filter((text) => text !== undefined).join(' ');
  return `${id} (${kind} on ${meant}) strikes ${struck}: strike ${strikes}${count === undefined ? '' : ` of ${count}`}`;
}

/**
 * A sequence of numbers in [0, 1) that is the same for the same seed: mulberry32.
 *
 * @see https://github.com/cprosche/mulberry32
 */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
