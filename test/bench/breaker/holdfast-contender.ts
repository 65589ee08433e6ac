import type { CircuitStore, StoredItem } from '../../../lib/circuit-breaker/circuit-store';
import { Circuits } from '../../../lib/circuit-breaker/circuits';
import { LocalCircuit } from '../../../lib/circuit-breaker/local-circuit';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { type CircuitOptions, checkOptions } from '../../../lib/circuit-breaker/options';
import { type Contender, storeIn, type World } from './contender';
import type { SimulatedStore } from './simulated-store';

const SERVICE = 'caller';

type Snapshot = Promise<ReadonlyMap<string, StoredItem>>;

/** The circuits of this project, as they are: each instance has its own, over one store. */
export function holdfast(name: string, options: CircuitOptions = {}): Contender {
  return {
    name,
    start(world) {
      const item = storeIn<Snapshot>(world);
      const memory = memoryCircuitStore();
      return {
        instance(index) {
          let hasLease = false;
          const circuits = new Circuits({
            service: SERVICE,
            store: storeOf(world, item, memory, index, () => {
              hasLease = true;
            }),
            clock: world.clockOf(index),
            random: world.random,
            onTransition: ({ kind }) => world.noteChange(kind, index),
          });
          const circuit = circuits.circuit('party', options);
          return (work) =>
            circuit.execute(() => {
              const isProbe = hasLease;
              hasLease = false;
              return work(isProbe);
            });
        },
        requests: () => ({ reads: item.reads, writes: item.writes }),
      };
    },
  };
}

/** The memory store does what the one on DynamoDB does, but at once; this gives it latency, age and trouble. */
function storeOf(
  world: World,
  item: SimulatedStore<Snapshot>,
  memory: CircuitStore,
  index: number,
  onLease: () => void,
): CircuitStore {
  return {
    load: async () => (await world.awake(index, item.read())) ?? new Map(),
    async write(key, update) {
      const outcome = await world.awake(
        index,
        item.write(() => {
          const answer = memory.write(key, update);
          return { next: memory.load(SERVICE), answer };
        }),
      );
      if (outcome.applied && update.add?.fence !== undefined) onLease();
      return outcome;
    },
  };
}

/** What is left of the same breaker without a store: each instance by itself, by the same rule and the same breaks. */
export function localOnly(options: CircuitOptions = {}): Contender {
  return {
    name: 'ours, each instance alone',
    isAlone: true,
    start: (world) => ({
      instance(index) {
        const clock = world.clockOf(index);
        const local = new LocalCircuit(checkOptions(options));
        return async (work) => {
          const gate = local.ask(clock.now());
          if (typeof gate === 'object') return;
          const { generation } = local;
          const wasOpen = gate === 'probe';
          let verdict: 'success' | 'failure' = 'success';
          try {
            await work(wasOpen);
          } catch {
            verdict = 'failure';
          }
          if (generation !== local.generation) return;
          if (wasOpen) {
            local.settleProbe(verdict, clock.now(), world.random());
            world.noteChange(verdict === 'success' ? 'closed' : 'reopened', index);
          } else if (verdict === 'success') local.countSuccess();
          else {
            local.countFailure(clock.now(), world.random());
            if (local.isOpen) world.noteChange('opened', index);
          }
        };
      },
      requests: () => ({ reads: 0, writes: 0 }),
    }),
  };
}
