import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { readItem } from '../../../lib/circuit-breaker/circuit-item';
import { begin, circuitFleet, FLEET_START, type Fleet, fail, succeed, trip } from '../../support/circuit-fleet';

const breakEnds = ({ clock }: Fleet) => clock.advance(2_000);
/** Those of a single instance are twice as long. */
const localBreakEnds = ({ clock }: Fleet) => clock.advance(4_000);

describe('a circuit', () => {
  it('opens at the fifth failure, for a minute, when nothing else is asked for', async () => {
    const fleet = circuitFleet({ failureThreshold: 5, breakDurationSeconds: 60 });
    const instance = fleet.instance();

    await trip(instance, 4);
    expect(await fail(instance)).toBe('failed');

    expect(await succeed(instance)).toBe('open');
    await fleet.clock.advance(59_999);
    expect(await succeed(instance)).toBe('open');
    await fleet.clock.advance(1);
    expect([await succeed(instance), await succeed(instance)]).toEqual(['done', 'done']);
  });

  it('says in its refusal which one it is, why, and when to come back', async () => {
    const fleet = circuitFleet();
    await trip(fleet.instance());
    await fleet.clock.advance(500);

    const refusal = await fleet
      .instance()
      .execute(async () => 'sent')
      .catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(refusal).toMatchObject({
      ...{ name: 'CircuitOpenError', code: 'CIRCUIT_OPEN', status: 503, retryable: true },
      ...{ circuit: 'carrier', reason: 'open', retryAfterMs: 1_500, retryAfterSeconds: 2 },
    });
  });

  it('stays open for longer with each probe that fails, up to the longest break', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);

    const breaks = [];
    for (let probe = 0; probe < 5; probe += 1) {
      const { until = 0 } = (await fleet.item()) ?? {};
      breaks.push(until - fleet.clock.now());
      await fleet.clock.advance(until - fleet.clock.now());
      expect(await fail(instance)).toBe('failed');
    }

    expect(breaks).toEqual([2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(fleet.transitions.map(({ kind }) => kind)).toEqual(['opened', ...breaks.map(() => 'reopened')]);
  });

  it('closes when as many probes in a row as it asks for went well, whichever instances sent them', async () => {
    const fleet = circuitFleet({ successThreshold: 3 });
    await trip(fleet.instance());
    await breakEnds(fleet);

    expect([await succeed(fleet.instance()), await succeed(fleet.instance())]).toEqual(['done', 'done']);
    expect(await fleet.item()).toMatchObject({ state: 'OPEN', probeSuccesses: 2 });
    await fail(fleet.instance());
    expect(await fleet.item()).toMatchObject({ state: 'OPEN', probeSuccesses: 0 });
    await fleet.clock.advance(4_000);
    for (let probe = 0; probe < 3; probe += 1) expect(await succeed(fleet.instance())).toBe('done');

    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
  });

  it('gives a lease back that comes too late for the call that wanted it', async () => {
    // A break so short that nobody looks again before the lease is asked for.
    const fleet = circuitFleet({ probeLeaseSeconds: 900, breakDurationSeconds: 0.5 });
    const instance = fleet.instance();
    await trip(instance);
    await fleet.clock.advance(500);
    fleet.health = 101;
    const call = fail(instance);
    await fleet.clock.advance(400);

    expect(await call).toBe('failed');
    fleet.health = 'well';
    expect(await fleet.item()).toMatchObject({ fence: 1, leaseUntil: 0 });
    expect(await succeed(fleet.instance())).toBe('done');
  });

  it('has one probe of the instance alone while the store is down; one that hung says nothing when it ends', async () => {
    const fleet = circuitFleet({ probeLeaseSeconds: 6 });
    fleet.health = 'down';
    const instance = fleet.instance();
    await trip(instance);
    await localBreakEnds(fleet);
    const hanging = await begin(instance);
    expect([hanging.isSent(), await succeed(instance)]).toEqual([true, 'local']);
    await fleet.clock.advance(6_000);
    const probe = await begin(instance);
    expect([probe.isSent(), await succeed(instance)]).toEqual([true, 'local']);

    await hanging.end('well');
    expect(await succeed(instance)).toBe('local');
    await probe.end('well');
    expect(await succeed(instance)).toBe('done');
  });

  it('tells of what it has done, and writes with it what it is given', async () => {
    const fleet = circuitFleet({ successThreshold: 1 });
    const annotate = ({ kind, epoch }: { kind: string; epoch: number }) => ({ set: { [kind]: epoch } });
    const instance = fleet.instance({ annotate });
    await trip(instance);
    await breakEnds(fleet);
    await succeed(instance);

    const [opened, closed] = fleet.transitions;
    const { epoch = 0 } = opened ?? {};
    const at = { service: 'shipping', circuit: 'carrier' };
    expect(opened).toEqual({
      ...{
        ...at,
        kind: 'opened',
        cause: 'failures',
        epoch,
        at: FLEET_START,
        failures: 5,
        retryAt: FLEET_START + 2_000,
      },
    });
    const closing = { ...at, kind: 'closed', cause: 'probe', epoch: epoch + 1, at: FLEET_START + 2_000, failures: 0 };
    expect(closed).toEqual(closing);
    expect(await fleet.stored()).toMatchObject({ opened: epoch, closed: epoch + 1 });
  });

  it('lets a fifth of the calls through when it has closed, and all of them by and by', async () => {
    const fleet = circuitFleet();
    const numbers = { next: 0.5 };
    const instance = fleet.instance({ random: () => numbers.next });
    await trip(instance);
    await breakEnds(fleet);
    await succeed(instance);
    await succeed(instance);

    const letsThrough = async (number: number) => {
      numbers.next = number;
      return succeed(instance);
    };
    expect([await letsThrough(0.19), await letsThrough(0.2)]).toEqual(['done', 'ramp']);
    await fleet.clock.advance(1_000);
    expect([await letsThrough(0.59), await letsThrough(0.61)]).toEqual(['done', 'ramp']);
    await fleet.clock.advance(1_000);
    expect(await letsThrough(0.999)).toBe('done');
  });

  it('counts a call that takes too long when it crosses the limit, and not again when it ends', async () => {
    const fleet = circuitFleet({ slowCallSeconds: 1 });
    const instance = fleet.instance();
    await succeed(instance);
    const slow = await Promise.all([1, 2, 3, 4, 5].map(() => begin(instance)));

    await fleet.clock.advance(999);
    expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
    await fleet.clock.advance(1);
    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });

    const before = await fleet.stored();
    expect(await Promise.all(slow.map((call) => call.end('badly')))).toEqual(slow.map(() => 'failed'));
    expect(await fleet.stored()).toEqual(before);
  });

  it('takes out an instance that is broken, and leaves the others alone', async () => {
    const fleet = circuitFleet({ windowSeconds: 60 });
    const [broken, ...others] = Array.from({ length: 4 }, () => fleet.instance());
    for (let call = 0; call < 10 && broken; call += 1) {
      for (const other of others) await succeed(other);
      await fail(broken);
      await fleet.clock.advance(5_000);
    }

    expect(broken && (await fail(broken))).toBe('local');
    expect(await Promise.all(others.map(succeed))).toEqual(['done', 'done', 'done']);
    expect(fleet.transitions).toEqual([]);
  });

  it('looks first when what it knows is older than the call takes', async () => {
    const fleet = circuitFleet({ maxViewAgeSeconds: 5 });
    const instance = fleet.instance();
    await succeed(instance);
    await trip(fleet.instance(), 10);
    await fleet.clock.advance(5_001);
    await fail(fleet.instance());

    expect(await succeed(instance)).not.toBe('done');
  });
});

describe('leave for one call', () => {
  it('is refused as a call is', async () => {
    const fleet = circuitFleet();
    await trip(fleet.instance());

    await expect(fleet.instance().admit()).rejects.toMatchObject({ name: 'CircuitOpenError', reason: 'open' });
  });

  it('is for one', async () => {
    const admission = await circuitFleet().instance().admit();

    expect(await admission.run(async () => 'first')).toBe('first');
    await expect(admission.run(async () => 'second')).rejects.toThrow(/for one call/);
  });

  it('of a probe is given back by releasing it: the next one may go at once', async () => {
    const fleet = circuitFleet();
    const [first, second] = [fleet.instance(), fleet.instance()];
    await trip(first);
    await breakEnds(fleet);
    const admission = await first.admit();
    expect(await succeed(second)).toBe('probing');

    await admission.release();
    await admission.release();

    const third = fleet.instance();
    expect([await succeed(third), await succeed(third)]).toEqual(['done', 'done']);
    await expect(admission.run(async () => 'late')).rejects.toThrow(/for one call/);
  });

  it('that has been used is not given back: the probe says what it came to', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    await breakEnds(fleet);
    const admission = await instance.admit();

    await admission.run(async () => 'answer');
    await admission.release();

    expect(await fleet.item()).toMatchObject({ probeSuccesses: 1, leaseUntil: 0 });
  });
});

describe('a call through a circuit', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'down'],
    ['a number', 0],
    ['an object', { code: 5 }],
  ])('may throw %s: it counts as a failure, and is thrown on as it is', async (_, thrown) => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    const throwIt = () => instance.execute(() => Promise.reject(thrown));

    for (let call = 0; call < 5; call += 1) {
      const caught: unknown[] = [];
      await throwIt().catch((error: unknown) => caught.push(error));
      expect(caught).toEqual([thrown]);
    }
    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });

    await breakEnds(fleet);
    await expect(throwIt()).rejects.toEqual(thrown);
    expect(await fleet.item()).toMatchObject({ state: 'OPEN', breaks: 2, leaseUntil: 0 });
  });

  it('may throw before it answers a promise', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    const work = (): Promise<string> => {
      throw new TypeError('no address');
    };

    for (let call = 0; call < 5; call += 1) await expect(instance.execute(work)).rejects.toThrow('no address');

    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });
  });

  it.each([
    ['answer', async () => 'answer'],
    ['error', () => Promise.reject(new Error('error'))],
  ])('gives its caller the %s when the judge of it breaks, and says nothing about the party', async (text, work) => {
    const judge = () => {
      throw new Error('the judge is ill');
    };
    const fleet = circuitFleet({ failureThreshold: 1, judge });

    const outcome = await fleet
      .instance()
      .execute<string>(work)
      .catch(({ message }: Error) => message);

    expect(outcome).toBe(text);
    expect(await fleet.item()).toBeUndefined();
  });
});

describe('an item that is', () => {
  it.each<[string, object]>([
    ['of an older version', { v: 0, state: 'OPEN', epoch: 7 }],
    ['of a later version', { v: 2, state: 'OPEN', epoch: 7, until: 9e12 }],
    ['corrupted', { v: 1, state: 'OPEN', epoch: 'seven', until: Number.MAX_SAFE_INTEGER }],
    ['empty', { anything: true }],
  ])('%s is left as it is, and each instance has its own circuit', async (_, stored) => {
    const fleet = circuitFleet();
    await fleet.put({ ...stored });
    const [broken, other] = [fleet.instance(), fleet.instance()];

    await trip(broken);

    expect([await succeed(broken), await succeed(other)]).toEqual(['local', 'done']);
    await localBreakEnds(fleet);
    expect([await succeed(broken), await succeed(broken)]).toEqual(['done', 'done']);
    expect(await fleet.stored()).toEqual(stored);
  });

  it('deleted while it is open counts as closed once that is known, and begins again with a later epoch', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    const { epoch = 0 } = (await fleet.item()) ?? {};
    await fleet.put(undefined);
    await breakEnds(fleet);
    await fleet.clock.advance(100);

    expect([await succeed(instance), await succeed(fleet.instance())]).toEqual(['done', 'done']);

    await trip(instance);
    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });
    expect((await fleet.item())?.epoch).toBeGreaterThan(epoch);
  });

  it('deleted, and made anew by a clock that is behind, is believed after a moment', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    await fleet.put(undefined);
    const behind = { now: () => fleet.clock.now() - 15_000, after: fleet.clock.after };
    await succeed(fleet.instance({ clock: behind }));
    expect(readItem((await fleet.stored()) ?? {})).toMatchObject({ state: 'CLOSED' });

    for (let second = 0; second < 30; second += 1) {
      await succeed(instance);
      await fleet.clock.advance(1_000);
    }

    expect(await succeed(instance)).toBe('done');
  });
});

describe('a process that wakes hours later', () => {
  it('asks before it calls a party that was down, and calls when it is well', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    await breakEnds(fleet);
    const other = fleet.instance();
    expect([await succeed(other), await succeed(other)]).toEqual(['done', 'done']);

    await fleet.clock.advance(5 * 3_600_000);

    expect(await succeed(instance)).toBe('done');
    expect(fleet.transitions.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
  });

  it('changes nothing by the end of a probe of then', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await trip(instance);
    await breakEnds(fleet);
    const old = await begin(instance);
    await fleet.clock.advance(5 * 3_600_000);
    const probe = await begin(fleet.instance());
    const before = await fleet.stored();

    await old.end('well');

    expect(await fleet.stored()).toEqual(before);
    await probe.end('well');
    expect(await fleet.item()).toMatchObject({ probeSuccesses: 1 });
  });
});
