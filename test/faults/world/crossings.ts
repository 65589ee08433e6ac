import { draw } from '../draw';
import { type Call, type Edge, type Fate, type Injector, OK } from '../fates';
import type { Strike } from '../simulation';
import type { History } from './history';
import type { SimulatedClock } from './simulated-clock';

/** A call that is about to be made. */
export interface Crossing<Answer> {
  readonly call: Omit<Call, 'nth' | 'at'>;
  /**
   * Makes the call take effect. It is given the fate, for the kinds that are carried out on the other side, and called once more
   * for a duplicate.
   */
  readonly perform: (fate: Fate) => Promise<Answer>;
  /** Kinds that `perform` carries out; the others of its kind are not for this call and do nothing. */
  readonly carriesOut?: ReadonlyArray<Fate['kind']>;
  /** The error that the caller gets under the name that the injector gave. */
  readonly toError: (error: string) => unknown;
  /** After so many milliseconds the caller gives up. Absent: the caller looks after that itself. */
  readonly timeLimitMs?: number;
  /** What the caller gets when it gives up. */
  readonly toTimeOut?: () => unknown;
  /** How a line of the history puts the answer; default `ok`. */
  readonly describe?: (answer: Answer) => string;
}

/** What the crossings need. */
export interface CrossingsOptions {
  readonly clock: SimulatedClock;
  readonly seed: number;
  readonly injector: Injector;
  /** Epoch milliseconds: before the one and from the other on nothing is struck, and the injector is not asked. */
  readonly faultsBeginAt: number;
  readonly faultsEndAt: number;
  readonly history: History;
}

/** Kinds that are carried out here, on any edge. */
const ANYWHERE: ReadonlyArray<Fate['kind']> = ['error-before', 'error-after', 'late', 'duplicate', 'delay'];

/** The longest time in milliseconds that a call takes to get there, and as long for its answer. */
const LATENCY_MS: Readonly<Record<Edge, number>> = {
  api: 20,
  stream: 200,
  bus: 20,
  rule: 500,
  queue: 50,
  states: 20,
  lambda: 10,
  table: 6,
  party: 60,
};

/** Carries calls across the edges of the system, each as the injector decides. How long one takes, the seed and the call decide alone. */
export class Crossings {
  /** Calls so far by edge. */
  readonly counts: Record<Edge, number> = {
    ...{ api: 0, stream: 0, bus: 0, rule: 0, queue: 0 },
    ...{ states: 0, lambda: 0, table: 0, party: 0 },
  };
  /** The fates other than `ok` that were carried out, in order. */
  readonly strikes: Strike[] = [];
  /** Calls that may still take effect, whether anybody waits for them or not. */
  underWay = 0;
  /** Epoch milliseconds of the latest effect that was put off so far. */
  lastLandingAt = 0;
  private readonly seen = new Map<string, number>();

  constructor(private readonly options: CrossingsOptions) {}

  /** Makes a call: asks for its fate, carries that out, and writes down what came of it. */
  async cross<Answer>(crossing: Crossing<Answer>): Promise<Answer> {
    const { clock, history } = this.options;
    const call = this.count(crossing.call);
    const fate = this.fateOf(call, crossing.carriesOut ?? []);
    const title = titleOf(call);
    try {
      const answer = await limited(clock, crossing, this.carryOut(call, fate, crossing));
      history.add(call.orderId, `${title}: ${crossing.describe?.(answer) ?? 'ok'}`);
      return answer;
    } catch (error) {
      history.add(call.orderId, `${title}: ${describeError(error)}`);
      throw error;
    }
  }

  private count(call: Omit<Call, 'nth' | 'at'>): Call {
    this.counts[call.edge] += 1;
    const key = `${call.name} ${call.orderId ?? ''}`;
    const nth = this.seen.get(key) ?? 0;
    this.seen.set(key, nth + 1);
    return { ...call, nth, at: this.options.clock.now() };
  }

  private fateOf(call: Call, carriesOut: ReadonlyArray<Fate['kind']>): Fate {
    const { faultsBeginAt, faultsEndAt, injector, history } = this.options;
    if (call.at < faultsBeginAt || call.at >= faultsEndAt) return OK;
    const fate = injector(call);
    const isFor = fate.kind !== 'ok' && (ANYWHERE.includes(fate.kind) || carriesOut.includes(fate.kind));
    if (!isFor) return OK;
    this.strikes.push({ call, fate });
    history.add(call.orderId, `${titleOf(call)} is struck: ${describeFate(fate)}`);
    return fate;
  }

  private async carryOut<Answer>(call: Call, fate: Fate, crossing: Crossing<Answer>): Promise<Answer> {
    const { perform, toError } = crossing;
    const delayMs = fate.kind === 'delay' ? fate.delayMs : 0;
    this.underWay += 1;
    try {
      await this.wait(this.latencyOf(call) + delayMs, delayMs > 0);
      switch (fate.kind) {
        case 'error-before':
          throw toError(fate.error);
        case 'error-after':
          await perform(OK).catch(() => undefined);
          if (fate.error !== undefined) throw toError(fate.error);
          return never();
        case 'late':
          void this.land(call, fate.landsAfterMs, crossing);
          return never();
        case 'duplicate':
          void this.land(call, fate.afterMs, crossing);
          return await perform(OK);
        default:
          return await perform(fate);
      }
    } finally {
      this.underWay -= 1;
    }
  }

  /** An effect that nobody waits for: only the history learns what it comes to. */
  private async land<Answer>(call: Call, afterMs: number, { perform, describe }: Crossing<Answer>): Promise<void> {
    const note = (what: string) => this.options.history.add(call.orderId, `${titleOf(call)} ${what}`);
    this.underWay += 1;
    await this.wait(afterMs, true);
    note('lands late');
    try {
      const answer = await perform(OK);
      note(`has landed: ${describe?.(answer) ?? 'ok'}`);
    } catch (error) {
      note(`has landed: ${describeError(error)}`);
    }
    this.underWay -= 1;
  }

  private wait(ms: number, isPutOff: boolean): Promise<void> {
    const { clock } = this.options;
    if (isPutOff) this.lastLandingAt = Math.max(this.lastLandingAt, clock.now() + ms);
    return new Promise((resolve) => void clock.after(ms, resolve));
  }

  private latencyOf({ edge, name, orderId = '', nth }: Call): number {
    return Math.ceil(draw(this.options.seed, `${name} ${orderId} ${nth}`) * LATENCY_MS[edge]);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The answer, unless it comes later than the caller waits. What was begun goes on. */
function limited<Answer>(
  clock: SimulatedClock,
  { timeLimitMs, toTimeOut }: Crossing<Answer>,
  answer: Promise<Answer>,
): Promise<Answer> {
  if (timeLimitMs === undefined) return answer;
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeLimitMs, () => reject(toTimeOut?.() ?? new Error('no answer in time')));
    answer.then(resolve, reject).finally(cancel);
  });
}

function titleOf({ edge, name, nth }: Call): string {
  return `${edge} ${name} #${nth}`;
}

function describeFate({ kind, ...rest }: Fate): string {
  const details = Object.values(rest).join(' ');
  return details === '' ? kind : `${kind} ${details}`;
}

/** The name of an error is enough: its message may hold what differs from run to run. */
function describeError(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
