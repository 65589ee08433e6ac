import { type CircuitClock, waitAtMost } from './circuit-clock';
import type { CircuitKey } from './circuit-store';
import { Gate } from './gate';
import { LocalCircuit } from './local-circuit';
import { type CircuitSettings, judgeByThrow, type Settled, type Verdict } from './options';
import { Probes } from './probes';
import { Reports } from './reports';
import { SharedCircuit, type SharedDependencies, type View } from './shared-circuit';
import type { Ticket } from './ticket';

/** Leave to make one call. It is to be used, or released. */
export interface Admission {
  /** Makes the call; once. @throws {Error} when it has been used or released */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Gives it back when no call was made; nothing otherwise. */
  release(): Promise<void>;
}

/** What a circuit gets of its process. */
export interface CircuitDependencies extends SharedDependencies {
  /** Looks at every circuit of the service; never rejects. Answers whether the store did. */
  readonly look: () => Promise<boolean>;
}

/**
 * The circuit to one party: lets calls through, counts what they come to, and refuses them while the party is down.
 *
 * A call is refused by what is known of the fleet's circuit, then by the circuit of this instance. While it is closed, a call waits for
 * nothing: looks and reports of successes go beside it. A failed call waits until its failure is told, but not longer than for the
 * store's time limit.
 */
export class Circuit {
  readonly shared: SharedCircuit;
  private readonly local: LocalCircuit;
  private readonly gate: Gate;
  private readonly reports: Reports;
  private readonly probes: Probes;
  private readonly clock: CircuitClock;
  private readonly isWatching: boolean;
  private readonly hasJudge: boolean;

  constructor(
    readonly key: CircuitKey,
    private readonly settings: CircuitSettings,
    private readonly use: CircuitDependencies,
  ) {
    this.clock = use.clock;
    this.isWatching = settings.slowCallMs !== Number.POSITIVE_INFINITY;
    this.hasJudge = settings.judge !== judgeByThrow;
    this.local = new LocalCircuit(settings);
    this.shared = new SharedCircuit(key, settings, use, (view) => this.follow(view));
    this.reports = new Reports(this.shared);
    this.probes = new Probes(this.shared);
    this.gate = new Gate(this.shared, this.local, this.probes, use.look);
  }

  get name(): string {
    return this.key.circuit;
  }

  /**
   * Makes a call, if the circuit lets it through.
   *
   * @throws {CircuitOpenError} when it does not: nothing was called
   * @throws whatever the call throws
   */
  execute<T>(work: () => Promise<T>): Promise<T> {
    const now = this.clock.now();
    const ticket = this.gate.admitAtOnce(now);
    const refusal = ticket === undefined ? this.gate.refuseAtOnce(now) : undefined;
    return refusal === undefined ? this.call(ticket, work) : Promise.reject(refusal);
  }

  private async call<T>(admitted: Ticket | undefined, work: () => Promise<T>): Promise<T> {
    const ticket = admitted ?? (await this.gate.admitAfterLook());
    if (this.isWatching) this.watch(ticket);
    let value: T;
    try {
      value = await work();
    } catch (error) {
      await this.end(ticket, this.judge({ error }));
      throw error;
    }
    const verdict = this.hasJudge ? this.judge({ value }) : 'success';
    if (verdict === 'success' && ticket.kind === 'plain') this.countSuccess(ticket);
    else await this.end(ticket, verdict);
    return value;
  }

  /**
   * Asks for leave to make one call, for who has something to write before it.
   *
   * @throws {CircuitOpenError} when there is none
   */
  async admit(): Promise<Admission> {
    const ticket = this.gate.admitAtOnce(this.clock.now()) ?? (await this.gate.admitAfterLook());
    let isUsed = false;
    return {
      run: async (work) => {
        if (isUsed) throw new Error(`an admission to ${this.name} is for one call`);
        isUsed = true;
        return this.call(ticket, work);
      },
      release: async () => {
        if (isUsed) return;
        isUsed = true;
        await this.end(ticket, 'ignored');
      },
    };
  }

  /** A judge that fails, or says what no verdict is, says nothing about the party, and takes no answer from the caller. */
  private judge(settled: Settled): Verdict {
    try {
      const verdict = this.settings.judge(settled);
      return verdict === 'success' || verdict === 'failure' ? verdict : 'ignored';
    } catch {
      return 'ignored';
    }
  }

  /** A call that takes too long has failed, whatever it comes to. It is told when it crosses the limit and not when it ends. */
  private watch(ticket: Ticket): void {
    ticket.unwatch = this.clock.after(this.settings.slowCallMs, () => void this.end(ticket, 'failure'));
  }

  private countSuccess(ticket: Ticket): void {
    if (ticket.isSettled) return;
    ticket.settle();
    if (ticket.generation === this.local.generation) this.local.countSuccess();
    const share = this.shared.sampleShare;
    if (share < 1 && this.use.random() >= share) return;
    if (!this.shared.counts(ticket.epoch)) return;
    // A whole number, right on the average: fractions would make the item's sums long.
    this.reports.note(ticket.epoch, 0, Math.floor(1 / share + this.use.random()), this.clock.now());
    void this.reports.tell();
  }

  /** Takes the end of a call, once: what comes later says nothing any more. */
  private async end(ticket: Ticket, verdict: Verdict): Promise<void> {
    if (ticket.isSettled) return;
    if (verdict === 'success' && ticket.kind === 'plain') return this.countSuccess(ticket);
    ticket.settle();
    const now = this.clock.now();
    const { storeTimeoutMs, random } = this.use;
    if (ticket.leased) {
      await waitAtMost(this.clock, storeTimeoutMs, this.probes.settle(ticket.leased, verdict));
      return;
    }
    if (ticket.generation === this.local.generation && ticket.kind !== 'uncounted') {
      if (ticket.kind === 'local probe') this.local.settleProbe(verdict, now, random());
      else if (verdict === 'failure') this.local.countFailure(now, random());
    }
    if (verdict !== 'failure' || ticket.kind === 'uncounted' || !this.shared.counts(ticket.epoch)) return;
    const share = this.shared.failureShare;
    if (share < 1 && random() >= share) return;
    const weight = Math.floor(1 / share + random());
    this.reports.note(ticket.epoch, weight, weight, now);
    await waitAtMost(this.clock, storeTimeoutMs, this.reports.tell());
  }

  /** The circuit of this instance goes with the fleet's when that changes. */
  private follow(view: View): void {
    if (typeof view !== 'object') return;
    if (view.state === 'OPEN') this.local.openWithFleet(view.until);
    else this.local.reset();
  }
}
