import type { ForcedMode } from '../../../lib/circuit-breaker/circuit-item';
import { setMode } from '../../../lib/circuit-breaker/set-mode';
import type { Transition } from '../../../lib/circuit-breaker/transition';
import { begin, CIRCUIT_KEY, circuitFleet, type Fleet, fail, succeed, trip } from '../../support/circuit-fleet';

/** Sets it, and answers the transitions that are written with it. */
async function set(fleet: Fleet, mode: 'auto' | ForcedMode): Promise<Transition[]> {
  const told: Transition[] = [];
  const annotate = (transition: Transition) => {
    told.push(transition);
    return { set: { told: transition.kind }, add: { tellings: 1 } };
  };
  await setMode(fleet.store, CIRCUIT_KEY, mode, { now: fleet.clock.now(), annotate });
  return told;
}

/** Lets the next call of each instance know of what has happened. */
const LOOK_MS = 31_000;

describe('a circuit that an operator isolates', () => {
  it('refuses every call, without a time to come back, until it is given back', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await succeed(instance);

    expect(await set(fleet, 'isolated')).toMatchObject([{ kind: 'opened', cause: 'operator' }]);
    await fleet.clock.advance(LOOK_MS);
    await succeed(instance);

    for (let hour = 0; hour < 24; hour += 1) {
      await expect(instance.execute(async () => 'sent')).rejects.toMatchObject({
        ...{ name: 'CircuitOpenError', reason: 'isolated', retryAfterMs: undefined },
      });
      await fleet.clock.advance(3_600_000);
    }
    expect(await fleet.item()).toMatchObject({ mode: 'isolated' });
  });

  it('begins half-open when it is given back: probes decide, and its closing is told then', async () => {
    const fleet = circuitFleet();
    await set(fleet, 'isolated');

    expect(await set(fleet, 'auto')).toEqual([]);

    const instance = fleet.instance();
    const [probe, other] = [await begin(instance), await begin(instance)];
    expect([probe.isSent(), other.isSent()]).toEqual([true, false]);
    await probe.end('well');
    await succeed(instance);
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
    expect(fleet.transitions).toMatchObject([{ kind: 'closed', cause: 'probe' }]);
  });

  it('may not have been called before: it has an item then', async () => {
    const fleet = circuitFleet();

    await set(fleet, 'isolated');

    expect(await succeed(fleet.instance())).toBe('isolated');
  });
});

describe('a circuit that an operator forces closed', () => {
  it('lets every call through, counts none, and is closed with empty counts when it is given back', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);

    expect(await set(fleet, 'forced-closed')).toMatchObject([{ kind: 'closed', cause: 'operator' }]);
    await fleet.clock.advance(LOOK_MS);
    for (let call = 0; call < 50; call += 1) expect(await fail(instance)).toBe('failed');

    expect(await set(fleet, 'auto')).toEqual([]);
    const item = await fleet.item();
    expect(item).toMatchObject({ state: 'CLOSED', probeSuccesses: 0 });
    expect(item?.slots.every((slot) => slot === undefined)).toBe(true);
  });

  it('stays so while the party is down', async () => {
    const fleet = circuitFleet();
    await set(fleet, 'forced-closed');

    await trip(fleet.instance(), 100);

    expect(await fleet.item()).toMatchObject({ state: 'CLOSED', mode: 'forced-closed' });
    expect(fleet.transitions).toEqual([]);
  });
});

describe('an operator', () => {
  it.each<[ForcedMode | 'auto']>([['auto'], ['isolated'], ['forced-closed']])(
    'changes nothing by setting a second time to %s',
    async (mode) => {
      const fleet = circuitFleet();
      await set(fleet, mode);
      const before = await fleet.stored();

      expect(await set(fleet, mode)).toEqual([]);

      expect(await fleet.stored()).toEqual(before);
    },
  );

  it('ends the probe that is under way: what it comes to changes nothing', async () => {
    const fleet = circuitFleet({ successThreshold: 1 });
    const instance = fleet.instance();
    await trip(instance);
    await fleet.clock.advance(2_000);
    const probe = await begin(instance);
    await set(fleet, 'isolated');

    await probe.end('well');

    expect(await fleet.item()).toMatchObject({ state: 'OPEN', mode: 'isolated' });
  });

  it('makes the results of all calls that began before void, those from before there was an item too', async () => {
    const fleet = circuitFleet({ failureThreshold: 1 });
    const instance = fleet.instance();
    const early = await begin(instance);
    await set(fleet, 'forced-closed');
    await set(fleet, 'auto');
    await fleet.clock.advance(LOOK_MS);
    await succeed(instance);

    await early.end('badly');

    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
  });

  it('keeps the item for as long as a mode is forced', async () => {
    const fleet = circuitFleet();

    await set(fleet, 'isolated');
    expect(await fleet.stored()).not.toHaveProperty('expiresAt');

    await set(fleet, 'auto');
    await trip(fleet.instance());
    await fleet.clock.advance(2_000);
    await fail(fleet.instance());
    expect(await fleet.stored()).toHaveProperty('expiresAt');
  });

  it('may mend an item that is broken', async () => {
    const fleet = circuitFleet();
    await fleet.put({ v: 1, state: 'MELTED', mode: 'whatever', s0: 'x' });

    await set(fleet, 'isolated');

    expect(await fleet.item()).toMatchObject({ mode: 'isolated' });
  });

  it('cannot touch an item of a later version', async () => {
    const fleet = circuitFleet();
    await fleet.put({ v: 2, state: 'CLOSED' });

    await expect(set(fleet, 'isolated')).rejects.toThrow(/version 2, later than 1/);
    expect(await fleet.stored()).toEqual({ v: 2, state: 'CLOSED' });
  });

  it('gives up when others change the circuit each time, and says so', async () => {
    const fleet = circuitFleet();
    await trip(fleet.instance());
    let epoch = 1;
    const busy: Fleet['store'] = {
      load: fleet.store.load,
      async write(key, update) {
        epoch += 1;
        await fleet.store.write(key, { set: { epoch }, when: [] });
        return fleet.store.write(key, update);
      },
    };

    await expect(setMode(busy, CIRCUIT_KEY, 'isolated', { now: fleet.clock.now() })).rejects.toThrow(/10 times/);
  });
});
