import type { CircuitKey, CircuitStore, ItemUpdate, StoredItem } from '../../../lib/circuit-breaker/circuit-store';
import { Circuits } from '../../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { setMode } from '../../../lib/circuit-breaker/set-mode';
import type { Transition } from '../../../lib/circuit-breaker/transition';
import { listEmitted } from '../../../lib/events/outbox';
import { announceTransition } from '../../../lib/resilience/circuit-events';
import { PARTY_CIRCUIT } from '../../../lib/resilience/party-circuit';
import { reportTransition } from '../../../lib/resilience/report-transition';
import { manualClock } from '../../support/manual-clock';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const OPENED: Transition = {
  kind: 'opened',
  service: 'payments',
  circuit: 'provider',
  epoch: 7,
  at: START,
  cause: 'failures',
  failures: 5,
  retryAt: START + 2_000,
};
const LOST = { kind: 'unknown', why: 'answered 500' };
const WELL = { kind: 'answered', status: 200, body: {} };

afterEach(() => jest.restoreAllMocks());

describe('what is written with a transition', () => {
  const emittedBy = (transition: Transition) => {
    const { set, add } = announceTransition(transition);
    expect(add).toBeUndefined();
    return listEmitted({ _outSeq: 3 }, set);
  };

  it('tells that the circuit has opened, and when it lets a probe through', () => {
    expect(emittedBy(OPENED)).toEqual([
      {
        type: 'circuit.opened',
        version: 1,
        sequence: 7,
        occurredAt: '2026-01-01T00:00:00.000Z',
        correlationId: 'payments-provider',
        causationId: 'payments-provider/7',
        data: {
          name: 'payments-provider',
          epoch: 7,
          cause: 'failures',
          failures: 5,
          retryAt: '2026-01-01T00:00:02.000Z',
        },
      },
    ]);
  });

  it('tells that the circuit has closed', () => {
    const { retryAt: _, ...rest } = OPENED;

    expect(emittedBy({ ...rest, kind: 'closed', cause: 'probe', failures: 0 })).toMatchObject([
      { type: 'circuit.closed', data: { name: 'payments-provider', epoch: 7, cause: 'probe', failures: 0 } },
    ]);
  });

  it('is nothing when a probe has failed: the circuit is what it was', () => {
    expect(announceTransition({ ...OPENED, kind: 'reopened', cause: 'probe' })).toEqual({});
  });
});

/** A fleet of three in an outage, with the events that the writes of its store emit and the lines that it logs. */
function aFleet() {
  const clock = manualClock(START);
  const memory = memoryCircuitStore();
  const events: string[] = [];
  const store: CircuitStore = {
    load: memory.load,
    async write(key: CircuitKey, update: ItemUpdate) {
      const before: StoredItem | undefined = (await memory.load(key.service)).get(key.circuit);
      const outcome = await memory.write(key, update);
      if (outcome.applied) {
        const { epoch } = outcome.item;
        for (const { type, sequence } of listEmitted(before, outcome.item)) {
          expect(sequence).toBe(epoch);
          events.push(type);
        }
      }
      return outcome;
    },
  };
  const lines: Array<Record<string, unknown>> = [];
  for (const level of ['info', 'warn'] as const) {
    jest
      .spyOn(console, level)
      .mockImplementation((...texts: unknown[]) => void lines.push(JSON.parse(texts.join(' '))));
  }
  const fleet = [0.1, 0.5, 0.9].map((chance) =>
    new Circuits({
      service: 'payments',
      store,
      clock,
      random: () => chance,
      annotate: announceTransition,
      onTransition: reportTransition,
    }).circuit('provider', PARTY_CIRCUIT),
  );
  /** Each of them tries to make a call every half second. */
  const run = async (seconds: number, outcome: object) => {
    for (let halves = 0; halves < 2 * seconds; halves += 1) {
      await Promise.all(fleet.map((circuit) => circuit.execute(async () => outcome).catch(() => {})));
      await clock.advance(500);
    }
  };
  const counted = (name: string) => lines.filter((line) => line[name] === 1 && line.Circuit === 'payments-provider');
  return { clock, store, events, lines, run, counted };
}

describe('an outage', () => {
  it('is told once when it begins and once when it ends, whoever sees it', async () => {
    const { events, lines, run, counted } = aFleet();

    await run(3, LOST);
    expect(events).toEqual(['circuit.opened']);
    await run(20, LOST);
    await run(15, WELL);

    expect(events).toEqual(['circuit.opened', 'circuit.closed']);
    expect(counted('CircuitClosed')).toHaveLength(1);
    const logged = (text: string) => lines.filter(({ message }) => message === text);
    expect(logged('circuit opened, cause: failures')).toMatchObject([{ level: 'warn', circuit: 'payments-provider' }]);
    expect(logged('circuit closed, cause: probe')).toMatchObject([{ level: 'info', circuit: 'payments-provider' }]);
  });

  it('counts as open once more with each probe that fails, so that the alarm lasts', async () => {
    const { lines, run, counted } = aFleet();

    await run(20, LOST);

    const failedProbes = lines.filter(({ message }) => message === 'circuit reopened, cause: probe').length;
    expect(failedProbes).toBeGreaterThanOrEqual(2);
    expect(counted('CircuitOpened')).toHaveLength(1 + failedProbes);
    expect(counted('CircuitClosed')).toEqual([]);
  });
});

describe('an operator', () => {
  it('who isolates a party is told of like an outage, and so is its end, which a probe finds', async () => {
    const { clock, store, events, run } = aFleet();
    const key = { service: 'payments', circuit: 'provider' };

    await setMode(store, key, 'isolated', { now: clock.now(), annotate: announceTransition });
    await setMode(store, key, 'auto', { now: clock.now(), annotate: announceTransition });
    expect(events).toEqual(['circuit.opened']);
    await run(15, WELL);

    expect(events).toEqual(['circuit.opened', 'circuit.closed']);
  });
});
