import type { Circuit } from '../../lib/circuit-breaker/circuit';
import { CircuitOpenError } from '../../lib/circuit-breaker/circuit-errors';
import { type CircuitItem, readItem } from '../../lib/circuit-breaker/circuit-item';
import type { AttributeValue, CircuitKey, CircuitStore, StoredItem } from '../../lib/circuit-breaker/circuit-store';
import { Circuits, type CircuitsDependencies } from '../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../lib/circuit-breaker/memory-circuit-store';
import type { CircuitOptions } from '../../lib/circuit-breaker/options';
import type { Transition } from '../../lib/circuit-breaker/transition';
import { type ManualClock, manualClock } from './manual-clock';

export const CIRCUIT_KEY: CircuitKey = { service: 'shipping', circuit: 'carrier' };
/** The beginning of a second, of a window's slot and of a minute. */
export const FLEET_START = 1_700_000_040_000;

/** How the store is. `down`: it refuses everything at once. `silent`: it does nothing, and nothing is heard of it. A number: milliseconds. */
export type StoreHealth = 'well' | 'down' | 'silent' | number;

/** Instances of one service that share a circuit in memory, on one clock that stands still. */
export interface Fleet {
  readonly clock: ManualClock;
  /** What instances have announced. */
  readonly transitions: Transition[];
  readonly requests: { looks: number; writes: number };
  health: StoreHealth;
  /** A new process, which knows nothing yet. */
  start(dependencies?: Partial<CircuitsDependencies>): Circuits;
  /** The circuit of a new process. */
  instance(dependencies?: Partial<CircuitsDependencies>): Circuit;
  stored(): Promise<StoredItem | undefined>;
  item(): Promise<CircuitItem | undefined>;
  /** Puts an item in the place of the one that is there; `undefined`: deletes it. */
  put(item: StoredItem | undefined): Promise<void>;
  /** The store itself, always well. */
  readonly store: CircuitStore;
}

export function circuitFleet(options: CircuitOptions = {}): Fleet {
  const clock = manualClock(FLEET_START);
  let memory = memoryCircuitStore();
  const store: CircuitStore = {
    load: (service) => memory.load(service),
    write: (key, update) => memory.write(key, update),
  };
  const ask = <T>(effect: () => Promise<T>): Promise<T> => {
    const { health } = fleet;
    if (health === 'well') return effect();
    if (health === 'down') return Promise.reject(new Error('the store is down'));
    return new Promise((resolve, reject) => {
      if (health !== 'silent') clock.after(health, () => effect().then(resolve, reject));
    });
  };
  const network: CircuitStore = {
    load(service) {
      fleet.requests.looks += 1;
      return ask(() => store.load(service));
    },
    write(key, update) {
      fleet.requests.writes += 1;
      return ask(() => store.write(key, update));
    },
  };
  const stored = async () => (await store.load(CIRCUIT_KEY.service)).get(CIRCUIT_KEY.circuit);
  const start: Fleet['start'] = (dependencies = {}) =>
    new Circuits({
      ...{ service: CIRCUIT_KEY.service, store: network, clock, random: () => 0.5, reporter: 0 },
      onTransition: (transition) => fleet.transitions.push(transition),
      ...dependencies,
    });
  const fleet: Fleet = {
    ...{ clock, store, stored, start, transitions: [], requests: { looks: 0, writes: 0 }, health: 'well' },
    instance: (dependencies) => start(dependencies).circuit(CIRCUIT_KEY.circuit, options),
    async item() {
      const item = await stored();
      return item && readItem(item);
    },
    async put(item) {
      memory = memoryCircuitStore();
      if (item) await memory.write(CIRCUIT_KEY, { set: item as Record<string, AttributeValue>, when: [] });
    },
  };
  return fleet;
}

/** What a caller gets: the answer, the party's failure, or the reason for which it is refused. */
export type Outcome = 'done' | 'failed' | CircuitOpenError['reason'];

const outcomeOf = (call: Promise<unknown>): Promise<Outcome> =>
  call.then(
    () => 'done',
    (error) => (error instanceof CircuitOpenError ? error.reason : 'failed'),
  );

export const succeed = (circuit: Circuit): Promise<Outcome> => outcomeOf(circuit.execute(async () => 'answer'));

export const fail = (circuit: Circuit): Promise<Outcome> =>
  outcomeOf(circuit.execute(() => Promise.reject(new Error('the carrier is down'))));

/** A call that is under way until it is told how it ends. */
export interface OpenCall {
  readonly outcome: Promise<Outcome>;
  /** Whether the party has been called. */
  isSent(): boolean;
  end(how: 'well' | 'badly'): Promise<Outcome>;
}

export async function begin(circuit: Circuit): Promise<OpenCall> {
  const ends: ((how: 'well' | 'badly') => void)[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      ends.push((how) => (how === 'well' ? resolve() : reject(new Error('the carrier is down'))));
    });
  const outcome = outcomeOf(circuit.execute(work));
  await new Promise((resolve) => setImmediate(resolve));
  return {
    outcome,
    isSent: () => ends.length > 0,
    end(how) {
      ends[0]?.(how);
      return outcome;
    },
  };
}

/** Calls that fail until the circuit is open. */
export async function trip(circuit: Circuit, failures = 5): Promise<void> {
  for (let call = 0; call < failures; call += 1) await fail(circuit);
}
