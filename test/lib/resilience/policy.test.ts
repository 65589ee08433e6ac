import { Circuits } from '../../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { Bulkhead } from '../../../lib/resilience/bulkhead';
import { Deadline, DeadlineError } from '../../../lib/resilience/deadline';
import { judgeCall } from '../../../lib/resilience/judge-call';
import { type PolicyOptions, policy } from '../../../lib/resilience/policy';
import { RetryBudget } from '../../../lib/resilience/retry-budget';
import { manualClock } from '../../support/manual-clock';
import { fakeCircuit } from './fake-circuit';

const boom = new Error('boom');
const never = () => new Promise<never>(() => {});

/** Work that fails in each of its first calls, and then answers how many there were. */
function failing(times: number) {
  let calls = 0;
  return jest.fn(async () => {
    calls += 1;
    if (calls <= times) throw boom;
    return calls;
  });
}

/** A policy on a clock that stands still, with back-offs of 25, 50, 100 ... ms. */
function stand<Substitute = never>(options: PolicyOptions<Substitute>) {
  const clock = manualClock(0);
  return { clock, policy: policy({ clock, random: () => 0.5, ...options }) };
}

describe('a policy', () => {
  it('answers what the call answers, of whatever type', async () => {
    const { circuit } = fakeCircuit();
    const { policy: whole } = stand({ retry: {}, circuit, bulkhead: new Bulkhead({ maxConcurrent: 1 }) });

    const length: number = await whole.execute(async () => 'four'.length);
    const text: string = await whole.execute(async () => 'four');

    expect([length, text]).toEqual([4, 'four']);
  });

  it('calls once, and limits the time to five seconds, when nothing else is asked for', async () => {
    const { policy: bare, clock } = stand({});
    const work = failing(1);

    await expect(bare.execute(work)).rejects.toBe(boom);
    expect(work).toHaveBeenCalledTimes(1);

    const answer = bare.execute(never).catch((error) => error);
    await clock.advance(5_000);
    expect((await answer).message).toBe('no answer within 5000 ms');
  });

  it('counts every attempt at the circuit, and stops when the circuit opens', async () => {
    const { circuit, verdicts } = fakeCircuit(2);
    const { policy: whole, clock } = stand({ retry: { maxAttempts: 5 }, circuit });
    const work = failing(5);
    const answer = whole.execute(work).catch((error) => error);

    await clock.advance(10_000);

    expect(await answer).toBe(boom);
    expect(work).toHaveBeenCalledTimes(2);
    expect(verdicts).toEqual(['failure', 'failure']);
  });

  it('waits for a circuit that says when it may let a call through', async () => {
    const { circuit, close } = fakeCircuit(1, 2_000);
    const { policy: whole, clock } = stand({ retry: {}, circuit });
    await expect(stand({ circuit }).policy.execute(failing(1))).rejects.toBe(boom);
    const answer = whole.execute(async () => 'done');

    await clock.advance(1_000);
    close();
    await clock.advance(5_000);

    await expect(answer).resolves.toBe('done');
  });

  it('limits each attempt, so that an answer that never comes is a failure at the circuit', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { policy: whole, clock } = stand({ timeoutMs: 1_000, retry: { maxAttempts: 2 }, circuit });
    const answer = whole.execute(never).catch((error) => error);

    await clock.advance(2_025);

    expect((await answer).name).toBe('TimeoutError');
    expect(verdicts).toEqual(['failure', 'failure']);
  });

  it('takes its retries from a budget that others share', async () => {
    const budget = new RetryBudget({ capacity: 14 });
    const first = stand({ retry: { budget } });
    const second = stand({ retry: { budget } });
    const work = failing(9);
    const answer = first.policy.execute(work).catch((error) => error);

    await first.clock.advance(10_000);

    expect(await answer).toBe(boom);
    expect(work).toHaveBeenCalledTimes(2);
    await expect(second.policy.execute(failing(9))).rejects.toBe(boom);
  });

  it('keeps 200 overlapping calls apart', async () => {
    const { circuit } = fakeCircuit();
    const { policy: whole, clock } = stand({ retry: {}, circuit, bulkhead: new Bulkhead({ maxConcurrent: 200 }) });
    const works = Array.from({ length: 200 }, (_, call) => failing(call % 2));
    const answers = works.map((work) => whole.execute(work));

    await clock.advance(1_000);

    expect(await Promise.all(answers)).toEqual(works.map((_, call) => 1 + (call % 2)));
  });

  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs must be a number from 1 to 900000, got 0'],
    [{ retry: { maxAttempts: 99 } }, 'maxAttempts must be an integer from 1 to 10, got 99'],
  ])('refuses %j when it is made', (options, message) => {
    expect(() => policy(options)).toThrow(message);
  });
});

describe('the deadline of a policy', () => {
  it('that has passed lets nothing be sent, and asks no circuit', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const ask = jest.spyOn(circuit, 'execute');
    const work = failing(0);

    await expect(stand({ circuit, retry: {} }).policy.execute(work, new Deadline(0))).rejects.toThrow(DeadlineError);
    expect(work).not.toHaveBeenCalled();
    expect(ask).not.toHaveBeenCalled();
    expect(verdicts).toEqual([]);
  });

  it('cuts the limit of an attempt short, which is not held against the party', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { policy: whole, clock } = stand({ circuit, retry: {} });
    const answer = whole.execute(never, new Deadline(300)).catch((error) => error);

    await clock.advance(300);

    expect(await answer).toMatchObject({ name: 'TimeoutError', limitMs: 300, isCutShort: true });
    expect(verdicts).toEqual(['ignored']);
  });

  it('bounds everything together: attempts, waits and the queue', async () => {
    const clock = manualClock(0);
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueued: 9 }, clock);
    const { policy: whole } = stand({ clock, timeoutMs: 400, retry: { maxAttempts: 10 }, bulkhead });
    const endedAt: number[] = [];
    const answers = Array.from({ length: 3 }, () =>
      whole.execute(never, new Deadline(1_000)).catch(() => endedAt.push(clock.now())),
    );

    await clock.advance(10_000);
    await Promise.all(answers);

    expect(endedAt).toHaveLength(3);
    expect(Math.max(...endedAt)).toBeLessThanOrEqual(1_000);
  });
});

describe('the bulkhead of a policy', () => {
  it('lets a call wait for its place until the deadline, and not for longer', async () => {
    const clock = manualClock(0);
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueued: 1 }, clock);
    const { policy: whole } = stand({ clock, bulkhead });
    const first = whole.execute(never).catch((error) => error.name);
    const second = whole.execute(never, new Deadline(1_000)).catch((error) => `${error.name} at ${clock.now()}`);

    await clock.advance(10_000);

    expect(await Promise.all([first, second])).toEqual(['TimeoutError', 'DeadlineError at 1000']);
  });

  it('refuses without telling the circuit, and without a repeat', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { policy: whole, clock } = stand({ circuit, retry: {}, bulkhead: new Bulkhead({ maxConcurrent: 1 }) });
    const first = whole.execute(never).catch((error) => error.name);
    await clock.advance(0);

    await expect(whole.execute(failing(0))).rejects.toThrow('1 calls are running and 0 are waiting: no more may');
    expect(verdicts).toEqual([]);

    await clock.advance(60_000);
    expect(await first).toBe('TimeoutError');
  });

  it('has its place back while a call backs off', async () => {
    const { policy: whole, clock } = stand({
      retry: { baseDelayMs: 1_000 },
      bulkhead: new Bulkhead({ maxConcurrent: 1 }),
    });
    const first = whole.execute(failing(1));
    await clock.advance(100);

    await expect(whole.execute(async () => 'in between')).resolves.toBe('in between');

    await clock.advance(1_000);
    await expect(first).resolves.toBe(2);
  });
});

describe('the fallback of a policy', () => {
  const fallback = { on: ['Error', 'CircuitOpenError', 'DeadlineError'], use: () => 'the last known' as const };

  it('stands in once, after everything else has been tried', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { policy: whole, clock } = stand({ circuit, retry: {}, fallback });
    const answer: Promise<number | 'the last known'> = whole.execute(failing(9));

    await clock.advance(10_000);

    await expect(answer).resolves.toBe('the last known');
    expect(verdicts).toEqual(['failure', 'failure', 'failure']);
  });

  it('stands in for an open circuit, and for no time left', async () => {
    const { circuit } = fakeCircuit(0);
    const { policy: whole } = stand({ circuit, retry: {}, fallback });

    await expect(whole.execute(failing(0))).resolves.toBe('the last known');
    await expect(whole.execute(failing(0), new Deadline(0))).resolves.toBe('the last known');
  });

  it('does not stand in for what it does not name', async () => {
    const { policy: whole, clock } = stand({ fallback });
    const answer = whole.execute(never).catch((error) => error.name);

    await clock.advance(5_000);

    expect(await answer).toBe('TimeoutError');
  });
});

describe('a policy with a circuit of the fleet', () => {
  function fleet() {
    const clock = manualClock(1_000_000);
    const circuits = new Circuits({ service: 'orders', store: memoryCircuitStore(), clock, random: () => 0.5 });
    const circuit = circuits.circuit('carrier', { failureThreshold: 5, successThreshold: 1, judge: judgeCall });
    return { clock, policy: policy({ clock, random: () => 0.5, circuit, retry: { maxAttempts: 10 } }) };
  }

  it('sends five attempts to a party that is down, then waits for the probe, which goes well', async () => {
    const { clock, policy: whole } = fleet();
    const sentAt: number[] = [];
    const answer = whole.execute(async () => {
      sentAt.push(clock.now() - 1_000_000);
      if (sentAt.length <= 5) throw boom;
      return 'done';
    });

    await clock.advance(60_000);

    await expect(answer).resolves.toBe('done');
    expect(sentAt).toHaveLength(6);
    expect(sentAt[5]).toBeGreaterThanOrEqual((sentAt[4] as number) + 1_800);
  });

  it('tells of the lost call, and not that nothing was sent, when the circuit opens before the deadline', async () => {
    const { clock, policy: whole } = fleet();
    const answer = whole.execute(failing(99), new Deadline(1_001_500)).catch((error) => error);

    await clock.advance(60_000);

    expect(await answer).toBe(boom);
    await expect(whole.execute(never, new Deadline(1_000_000))).rejects.toThrow(DeadlineError);
  });
});
