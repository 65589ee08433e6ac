import type fc from 'fast-check';
import type { Circuit } from '../../lib/circuit-breaker/circuit';
import { CircuitOpenError } from '../../lib/circuit-breaker/circuit-errors';
import type { ForcedMode } from '../../lib/circuit-breaker/circuit-item';
import { Circuits } from '../../lib/circuit-breaker/circuits';
import type { CircuitOptions, Settled, Verdict } from '../../lib/circuit-breaker/options';
import { setMode } from '../../lib/circuit-breaker/set-mode';
import { manualClock } from '../support/manual-clock';
import { annotate, type Call, CircuitJudge, type Violation } from './circuit-judge';
import { CALLER_LIMIT_MS, CircuitNetwork, callOf, Instance, KEY, type StoreFate, type Tamper } from './circuit-network';

/** What becomes of a call that is let through; `dies`: its instance does, while the call is under way. */
export type CallFate = Verdict | 'hangs' | 'dies';

export type Happening =
  | { readonly kind: 'call'; readonly instance: number; readonly fate: CallFate }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'freeze' | 'wake'; readonly instance: number }
  | { readonly kind: 'mode'; readonly mode: 'auto' | ForcedMode };

export interface Plan {
  readonly options: CircuitOptions;
  /** How far the clock of each instance is ahead, in milliseconds. */
  readonly skewsMs: readonly number[];
  /** Each with the number of requests and replies that get through after it. */
  readonly happenings: ReadonlyArray<{ readonly what: Happening; readonly turns: number }>;
  /** Of the requests to the store, in their order; later ones are answered. */
  readonly fates: readonly StoreFate[];
}

interface Member {
  readonly instance: Instance;
  readonly now: () => number;
  readonly circuit: Circuit;
}

const START = 1_700_000_000_000;

/** Thrown by calls; `ignored` ones say nothing about the party. */
class PartyError extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict);
  }
}

const judge = (settled: Settled): Verdict =>
  'error' in settled && settled.error instanceof PartyError ? settled.error.verdict : 'success';

/**
 * Lets all of it happen to a fleet at once, in the order that the scheduler draws: a request to the store is sent, takes effect, and is
 * answered, each at its own time. Answers what was wrong at any time; an empty list when nothing was.
 */
export async function runCircuits(
  plan: Plan,
  scheduler: fc.Scheduler,
  tamper: Tamper = (update) => update,
): Promise<readonly Violation[]> {
  const world = new CircuitWorld(plan, scheduler, tamper);
  for (const { what, turns } of plan.happenings) {
    await world.happen(what);
    await world.pass(turns);
  }
  await world.end();
  return world.court.violations;
}

class CircuitWorld {
  private readonly time = manualClock(START);
  readonly court: CircuitJudge;
  private readonly network: CircuitNetwork;
  private readonly fleet: readonly Member[];

  constructor(
    plan: Plan,
    private readonly scheduler: fc.Scheduler,
    tamper: Tamper,
  ) {
    const slowMs = (plan.options.slowCallSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const isSlow = ({ startedAt = Number.POSITIVE_INFINITY, endedAt = this.time.now() }: Call) =>
      endedAt - startedAt >= slowMs;
    const areClocksRight = plan.skewsMs.every((skewMs) => skewMs === 0);
    this.court = new CircuitJudge(areClocksRight, isSlow);
    this.network = new CircuitNetwork(this.time, scheduler, this.court, [...plan.fates], tamper);
    this.fleet = plan.skewsMs.map((skewMs, index) => this.start(index, skewMs, plan.options));
  }

  private start(index: number, skewMs: number, options: CircuitOptions): Member {
    const instance = new Instance(index);
    const now = () => this.time.now() + skewMs;
    const after = (delayMs: number, action: () => void) => this.time.after(delayMs, () => instance.reach(action));
    const circuits = new Circuits({
      ...{ service: KEY.service, store: this.network.from(instance, now), clock: { now, after } },
      ...{ random: drawn(index), reporter: index, annotate },
      onTransition: (transition) => this.court.announced(index, transition),
    });
    return { instance, now, circuit: circuits.circuit(KEY.circuit, { ...options, judge }) };
  }

  async happen(what: Happening): Promise<void> {
    if (what.kind === 'wait') return this.time.advance(what.ms);
    if (what.kind === 'mode') {
      const decision = { now: this.time.now(), annotate };
      void setMode(this.network.fromDesk(), KEY, what.mode, decision).catch(() => undefined);
      return;
    }
    const member = this.fleet[what.instance % this.fleet.length];
    if (!member) return;
    if (what.kind === 'freeze') member.instance.freeze();
    else if (what.kind === 'wake') member.instance.wake(this.time.now());
    else if (what.kind === 'call' && member.instance.state === 'runs') this.call(member, what.fate);
  }

  /** So many requests and replies get through, and what they set off happens. */
  async pass(turns: number): Promise<void> {
    await this.time.advance(0);
    for (let turn = 0; turn < turns && this.scheduler.count() > 0; turn += 1) {
      await this.scheduler.waitOne();
      await this.time.advance(0);
    }
  }

  /** Everybody wakes, everything gets through, and whoever waits has waited long enough. */
  async end(): Promise<void> {
    for (const { instance } of this.fleet) instance.wake(this.time.now());
    for (let second = 0; second < 8; second += 1) {
      await this.pass(Number.POSITIVE_INFINITY);
      await this.time.advance(1_000);
    }
    for (const { instance, startedAt, endedAt, isSettled } of this.court.calls) {
      const isOver = startedAt === undefined || endedAt !== undefined;
      if (this.fleet[instance]?.instance.state === 'runs' && isOver && !isSettled) {
        this.court.say('the store is never the trouble of a caller', `a call of ${instance} is never over`);
      }
    }
  }

  private call(member: Member, fate: CallFate): void {
    const call: Call = { instance: member.instance.index, askedAt: this.time.now() };
    this.court.calls.push(call);
    const work = () =>
      new Promise<string>((resolve, reject) => {
        this.begin(member, call);
        if (fate === 'dies') member.instance.state = 'dead';
        if (fate === 'hangs' || fate === 'dies') return;
        const answer = () => {
          call.verdict = fate;
          call.endedAt = this.time.now();
          if (fate === 'success') resolve('done');
          else reject(new PartyError(fate));
        };
        const answered = this.scheduler.schedule(Promise.resolve(), `the party answers ${call.instance}`);
        void answered.then(() => member.instance.reach(answer));
      });
    const settle = (outcome: unknown) => this.settle(member, call, fate, outcome);
    callOf.run(call, () => void member.circuit.execute(work).then(settle, settle));
  }

  private begin({ instance, now }: Member, call: Call): void {
    call.startedAt = this.time.now();
    call.told = instance.told;
    call.first = instance.first;
    instance.isAlone ||= call.startedAt - call.askedAt >= CALLER_LIMIT_MS;
    this.court.started(call, { true: this.time.now(), own: now() }, instance.isAlone);
    // For a look, and whoever wants to probe once more for the lease.
    this.judgeWait(instance, call.askedAt, 2 * CALLER_LIMIT_MS);
  }

  private settle({ instance }: Member, call: Call, fate: CallFate, outcome: unknown): void {
    call.isSettled = true;
    const isOwn = outcome === 'done' ? fate === 'success' : outcome instanceof PartyError && outcome.verdict === fate;
    const isRefused = outcome instanceof CircuitOpenError && call.startedAt === undefined;
    if (!isRefused && !(isOwn && call.endedAt !== undefined)) {
      this.court.say('the store is never the trouble of a caller', `gets ${String(outcome)}`);
    }
    this.judgeWait(
      instance,
      call.endedAt ?? call.askedAt,
      call.endedAt === undefined ? 2 * CALLER_LIMIT_MS : CALLER_LIMIT_MS,
    );
  }

  private judgeWait(instance: Instance, since: number, limitMs: number): void {
    const waitedMs = instance.frozenAt >= since ? 0 : this.time.now() - since;
    if (waitedMs > limitMs) {
      this.court.say('the store is never the trouble of a caller', `${instance.index} waits for ${waitedMs} ms`);
    }
  }
}

/** Numbers from 0 up to 1, the same ones each time. */
function drawn(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
