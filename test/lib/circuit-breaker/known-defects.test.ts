import { failuresIn } from '../../../lib/circuit-breaker/window';
import { begin, circuitFleet, type Fleet, fail, succeed, trip } from '../../support/circuit-fleet';

/** Lets the break of a circuit that has opened once be over. */
const breakEnds = ({ clock }: Fleet) => clock.advance(2_000);

/**
 * Each of these goes wrong in a circuit breaker that is in use: read in its source and run, in circuitbreaker-lambda 1.0.1 (1 to 3, 9, 10),
 * cockatiel 4 (4, 5, 7, 8) and opossum 10 (6, 7, 11, 12).
 */
describe('a circuit', () => {
  it('stays open when a call that began before, on another instance, goes well late', async () => {
    const fleet = circuitFleet();
    const slow = await begin(fleet.instance());
    await trip(fleet.instance());

    expect(await slow.end('well')).toBe('done');

    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });
    expect(await succeed(fleet.instance())).toBe('open');
  });

  it('sends one probe when its break is over, though a hundred instances ask at once', async () => {
    const fleet = circuitFleet();
    const instances = Array.from({ length: 100 }, () => fleet.instance());
    for (const instance of instances) await succeed(instance);
    await fleet.clock.advance(10_000);
    // The second time for those that had failed before it opened: everybody knows now.
    for (const instance of [...instances, ...instances]) await fail(instance);
    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });
    await breakEnds(fleet);

    const calls = await Promise.all(instances.map(begin));

    expect(calls.filter((call) => call.isSent())).toHaveLength(1);
    const refused = await Promise.all(calls.filter((call) => !call.isSent()).map(({ outcome }) => outcome));
    expect(new Set(refused)).toEqual(new Set(['probing']));
  });

  it('never opens when one call in two hundred fails, however long that goes on', async () => {
    const fleet = circuitFleet({ failureThreshold: 3, windowSeconds: 60 });
    const instances = [fleet.instance(), fleet.instance()];

    for (let call = 1; call <= 2_000; call += 1) {
      const instance = instances[call % 2] ?? fleet.instance();
      expect(await (call % 200 < 2 ? fail(instance) : succeed(instance))).not.toBe('open');
      if (call % 4 === 0) await fleet.clock.advance(1_000);
    }

    expect(fleet.transitions).toEqual([]);
  });

  it('has forgotten, after an idle hour, what it saw before', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance, 4);
    await fleet.clock.advance(3_600_000);

    await trip(instance, 4);

    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
    expect(await succeed(instance)).toBe('done');
  });

  it('does not open again for a failure of a call that began before it was closed', async () => {
    const fleet = circuitFleet({ failureThreshold: 1, rampSeconds: 0 });
    const instance = fleet.instance();
    await succeed(instance);
    const late = [await begin(instance), await begin(fleet.instance())];
    await fail(instance);
    await breakEnds(fleet);
    const other = fleet.instance();
    expect([await succeed(other), await succeed(other)]).toEqual(['done', 'done']);
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });

    for (const call of late) expect(await call.end('badly')).toBe('failed');

    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
    expect(await succeed(instance)).toBe('done');
  });

  it('is not closed by a success of a call that began before it opened, while the probe is under way', async () => {
    const fleet = circuitFleet({ successThreshold: 1 });
    const instance = fleet.instance();
    await succeed(instance);
    const late = await begin(instance);
    await trip(instance);
    await breakEnds(fleet);
    const probe = await begin(instance);
    expect(probe.isSent()).toBe(true);

    await late.end('well');

    expect(await fleet.item()).toMatchObject({ state: 'OPEN', probeSuccesses: 0 });
    expect(await succeed(instance)).toBe('probing');
    await probe.end('well');
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
  });

  it('refuses at once while a probe hangs, and lets another one go when the lease is over', async () => {
    const fleet = circuitFleet({ probeLeaseSeconds: 6 });
    const [first, second] = [fleet.instance(), fleet.instance()];
    await trip(first);
    await breakEnds(fleet);
    const hanging = await begin(first);
    expect(hanging.isSent()).toBe(true);

    expect([await succeed(first), await succeed(second)]).toEqual(['probing', 'probing']);
    await fleet.clock.advance(5_999);
    expect([await succeed(first), await succeed(second)]).toEqual(['probing', 'probing']);
    await fleet.clock.advance(1);

    expect([await succeed(second), await succeed(second)]).toEqual(['done', 'done']);
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
  });

  it('has one probe when fifty processes start while it is half-open', async () => {
    const fleet = circuitFleet();
    await trip(fleet.instance());
    await breakEnds(fleet);

    const calls = await Promise.all(Array.from({ length: 50 }, () => begin(fleet.instance())));

    expect(calls.filter((call) => call.isSent())).toHaveLength(1);
  });

  it('does not count a refusal as a failure, nor open for longer by it', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    const before = await fleet.stored();

    for (let call = 0; call < 150; call += 1) {
      expect(await succeed(instance)).toBe('open');
      await fleet.clock.advance(10);
    }

    expect(await fleet.stored()).toEqual(before);
    await fleet.clock.advance(500);
    expect([await succeed(instance), await succeed(instance)]).toEqual(['done', 'done']);
  });

  it('takes two hundred calls at once on one object', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();

    const calls = await Promise.all(Array.from({ length: 200 }, () => begin(instance)));

    expect(calls.every((call) => call.isSent())).toBe(true);
    expect(new Set(await Promise.all(calls.map((call) => call.end('well'))))).toEqual(new Set(['done']));
  });

  it('does not count the failures of before a process was frozen, whatever became of its timers', async () => {
    const fleet = circuitFleet();
    let awayMs = 0;
    const frozen = { now: () => fleet.clock.now() + awayMs, after: fleet.clock.after };
    const instance = fleet.instance({ clock: frozen });
    await trip(instance, 4);

    awayMs = 15_000;

    expect([await fail(instance), await succeed(instance)]).toEqual(['failed', 'done']);
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
  });

  it('keeps as much after a hundred thousand calls as after ten, and writes no more for a failure', async () => {
    const keptAfter = async (calls: number) => {
      const fleet = circuitFleet({ failureThreshold: 10_000 });
      const instance = fleet.instance();
      for (let call = 0; call < calls; call += 1) await succeed(instance);
      await fail(instance);
      const { writes } = fleet.requests;
      await fail(instance);
      const kept = { things: countThings(instance), attributes: Object.keys((await fleet.stored()) ?? {}).length };
      const now = fleet.clock.now();
      expect(failuresIn((await fleet.item())?.slots ?? [], now, 10_000)).toBe(2);
      return { ...kept, writesOfAFailure: fleet.requests.writes - writes };
    };

    expect(await keptAfter(100_000)).toEqual(await keptAfter(10));
  });
});

/** How many values an object is made of, those that it refers to included. */
function countThings(root: unknown): number {
  const seen = new Set<unknown>();
  let count = 0;
  const visit = (value: unknown): void => {
    count += 1;
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const part of value instanceof Map ? value.values() : Object.values(value)) visit(part);
  };
  visit(root);
  return count;
}
