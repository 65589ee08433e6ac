import { Circuits } from '../../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../../lib/circuit-breaker/memory-circuit-store';
import { inSpan } from '../../../lib/observability/tracing';
import { admitting, connectParty, lookUp, type Party, untilWell } from '../../../lib/resilience/outside-party';
import { PARTY_CIRCUIT } from '../../../lib/resilience/party-circuit';
import { manualClock } from '../../support/manual-clock';
import { startXrayDaemon } from '../../support/xray-daemon';

const GET = { method: 'GET', path: '/charges/ord_1' } as const;
const POST = { method: 'POST', path: '/charges', body: {} } as const;
const REFUSED = { name: 'CircuitOpenError', circuit: 'provider' };
/** Longer than a break, and shorter than a lease. */
const A_BREAK_MS = 2_500;

/** What the party answers, in turn; the last one for ever. A function is asked when its turn comes. */
type Answers = (number | (() => Promise<number>))[];

/** One instance of the service with the party, and another one of the same fleet. */
function aFleet() {
  const clock = manualClock(Date.parse('2026-01-01T00:00:00Z'));
  const store = memoryCircuitStore();
  let answers: Answers = [200];
  const sent: string[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, { method } = {}) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    sent.push(`${method} ${new URL(String(url)).pathname}`);
    const status = typeof answer === 'function' ? await answer() : (answer ?? 200);
    return new Response('{}', { status });
  });
  const join = (secret = async (_?: 'fresh') => 's3cret'): Party => {
    const circuits = new Circuits({ service: 'payments', store, clock, random: () => 0.5 });
    const circuit = circuits.circuit('provider', PARTY_CIRCUIT);
    return connectParty({ role: 'provider', url: 'https://provider.invalid', secret, circuit });
  };
  return {
    clock,
    sent,
    join,
    answer: (...next: Answers) => {
      answers = next;
    },
    stored: async () => (await store.load('payments')).get('provider') ?? {},
    /** Five calls that fail. */
    async breakDown({ call }: Party) {
      answers = [500];
      for (let calls = 0; calls < 5; calls += 1) await call(GET);
      sent.length = 0;
    },
  };
}

afterEach(() => jest.restoreAllMocks());

describe('a party that is down', () => {
  it('is not called any more, by no instance of the fleet', async () => {
    const fleet = aFleet();
    const [party, other] = [fleet.join(), fleet.join()];
    await fleet.breakDown(party);

    await expect(party.call(POST)).rejects.toMatchObject({ ...REFUSED, reason: 'open', retryAfterMs: 2_000 });
    await expect(other.call(GET)).rejects.toMatchObject(REFUSED);
    expect(fleet.sent).toEqual([]);
  });

  it('is waited for by who repeats a call until it is well: a failed one counts as refused once the circuit is open', async () => {
    const fleet = aFleet();
    const cancel = untilWell(fleet.join());
    fleet.answer(500);

    for (let calls = 0; calls < 4; calls += 1) expect(await cancel(POST)).toMatchObject({ kind: 'unknown' });
    await expect(cancel(POST)).rejects.toMatchObject({ ...REFUSED, reason: 'open' });
    await fleet.clock.advance(A_BREAK_MS);
    await expect(cancel(POST)).rejects.toMatchObject({ ...REFUSED, reason: 'open' });

    expect(fleet.sent).toHaveLength(6);
    await fleet.clock.advance(2 * A_BREAK_MS);
    fleet.answer(409);
    expect(await cancel(POST)).toMatchObject({ status: 409 });
  });

  it('has not been heard of by a look-up, which fails for nobody', async () => {
    const fleet = aFleet();
    const party = fleet.join();
    await fleet.breakDown(party);

    expect(await lookUp(party.call, '/charges/ord_1')).toEqual({
      kind: 'unknown',
      why: 'was refused: the circuit provider is open (open), retry after 2000 ms',
    });
    expect(fleet.sent).toEqual([]);
  });

  it.each([
    ['does not answer what JSON is', [200, 500, 503, 500, 502, 500], 'OPEN'],
    ['has too many of our calls', [429], 'OPEN'],
    ['refuses each of them', [402], 'CLOSED'],
    ['does not know what is looked up', [404], 'CLOSED'],
    ['fails two times in five', [500, 500, 200, 200, 200, 500, 500, 200, 200, 200, 500, 402, 200], 'CLOSED'],
  ])('is told from one that is well: it %s', async (_, answers, state) => {
    const fleet = aFleet();
    const { call } = fleet.join();
    fleet.answer(...answers);

    for (let calls = 0; calls < 13; calls += 1) {
      await call(GET).catch(() => {});
      await fleet.clock.advance(1_000);
    }

    expect(await fleet.stored()).toMatchObject({ state });
  });

  it('is not blamed for a secret that cannot be read', async () => {
    const fleet = aFleet();
    const { call } = fleet.join(() => Promise.reject(new Error('the secret could not be read')));

    for (let calls = 0; calls < 10; calls += 1) {
      await expect(call(GET)).rejects.toThrow('the secret could not be read');
    }

    expect(await fleet.stored()).toEqual({});
    expect(fleet.sent).toEqual([]);
  });

  it('shows in the trace of whoever was refused', async () => {
    const daemon = await startXrayDaemon();
    const fleet = aFleet();
    const party = fleet.join();
    await fleet.breakDown(party);
    await daemon.received(5);
    daemon.forget();

    await inSpan('look-up', {}, () => lookUp(party.call, '/charges/ord_1'));
    await expect(inSpan('step', {}, () => party.admitted(async () => 'never'))).rejects.toMatchObject(REFUSED);

    const annotations = { circuit: 'payments-provider', code: 'CIRCUIT_OPEN' };
    expect(await daemon.received(2)).toMatchObject([
      { name: 'look-up', annotations },
      { name: 'step', annotations },
    ]);
    daemon.close();
  });
});

describe('leave to call a party', () => {
  it('is not given while the circuit is open, and nothing is begun', async () => {
    const fleet = aFleet();
    const party = fleet.join();
    await fleet.breakDown(party);
    const work = jest.fn();

    await expect(admitting(party, ({ name }) => name)(work)).rejects.toMatchObject(REFUSED);

    expect(work).not.toHaveBeenCalled();
  });

  it('is the one probe of the fleet from the moment when it is given', async () => {
    const fleet = aFleet();
    const [party, other] = [fleet.join(), fleet.join()];
    await fleet.breakDown(party);
    fleet.answer(200);
    await fleet.clock.advance(A_BREAK_MS);

    const outcome = await party.admitted(async (call) => {
      await expect(other.call(GET)).rejects.toMatchObject({ reason: 'probing' });
      await expect(party.call(GET)).rejects.toMatchObject({ reason: 'probing' });
      return call(POST);
    });

    expect(outcome).toMatchObject({ status: 200 });
    expect(fleet.sent).toEqual(['POST /charges']);
    expect(await fleet.stored()).toMatchObject({ state: 'OPEN', probeSuccesses: 1, leaseUntil: 0 });
  });

  it('is for the first call: the next one is a probe of its own, or refused', async () => {
    const fleet = aFleet();
    const party = fleet.join();
    await fleet.breakDown(party);
    fleet.answer(500);
    await fleet.clock.advance(A_BREAK_MS);

    const looked = await party.admitted(async (call) => {
      expect(await call(POST)).toMatchObject({ kind: 'unknown' });
      return lookUp(call, '/charges/ord_1');
    });

    expect(looked).toMatchObject({ kind: 'unknown', why: expect.stringContaining('is open') });
    expect(fleet.sent).toEqual(['POST /charges']);
  });

  it.each([
    ['nothing is called after all', async () => 'settled before'],
    [
      'what comes before the call fails',
      async () => {
        throw new Error('throttled');
      },
    ],
  ])('is given back when %s', async (_, work) => {
    const fleet = aFleet();
    const [party, other] = [fleet.join(), fleet.join()];
    await fleet.breakDown(party);
    fleet.answer(200);
    await fleet.clock.advance(A_BREAK_MS);

    await party.admitted<string>(work).catch(() => {});

    expect(await fleet.stored()).toMatchObject({ state: 'OPEN', leaseUntil: 0, probeSuccesses: 0 });
    expect(await other.call(GET)).toMatchObject({ status: 200 });
  });

  it('is given back when the secret cannot be read', async () => {
    const fleet = aFleet();
    await fleet.breakDown(fleet.join());
    await fleet.clock.advance(A_BREAK_MS);
    const { call } = fleet.join(() => Promise.reject(new Error('the secret could not be read')));

    await expect(call(GET)).rejects.toThrow('the secret could not be read');

    expect(await fleet.stored()).toMatchObject({ state: 'OPEN', leaseUntil: 0, probeSuccesses: 0 });
  });

  it('covers the second try with the secret that has changed', async () => {
    const fleet = aFleet();
    await fleet.breakDown(fleet.join());
    await fleet.clock.advance(A_BREAK_MS);
    const party = fleet.join(async (fresh) => (fresh ? 'new' : 'old'));
    const rival = fleet.join();
    fleet.answer(401, async () => {
      await expect(rival.call(GET)).rejects.toMatchObject({ reason: 'probing' });
      return 201;
    });

    expect(await party.admitted((call) => call(POST))).toMatchObject({ status: 201 });

    expect(fleet.sent).toEqual(['POST /charges', 'POST /charges']);
    expect(await fleet.stored()).toMatchObject({ probeSuccesses: 1 });
  });

  it('counts a failure like any other while the circuit is closed', async () => {
    const fleet = aFleet();
    const party = fleet.join();
    fleet.answer(500);

    for (let calls = 0; calls < 5; calls += 1) await party.admitted((call) => call(POST));

    expect(await fleet.stored()).toMatchObject({ state: 'OPEN' });
  });
});
