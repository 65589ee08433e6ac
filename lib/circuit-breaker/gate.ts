import { rampShare } from './break-duration';
import { type CircuitClock, waitAtMost } from './circuit-clock';
import { type CircuitOpenError, circuitOpen, type OpenReason } from './circuit-errors';
import type { CircuitItem } from './circuit-item';
import type { LocalCircuit } from './local-circuit';
import { lookIsDue, mustLookFirst } from './look-plan';
import type { CircuitSettings } from './options';
import type { Probes } from './probes';
import type { SharedCircuit } from './shared-circuit';
import { Ticket } from './ticket';

/** How long a caller waits that finds another one probing, before it asks again: about the time of a probe that goes well. */
const PROBING_MS = 700;

/** Decides whether a call is let through: by what is known of the fleet's circuit, then by the circuit of this instance. */
export class Gate {
  private readonly clock: CircuitClock;
  private readonly settings: CircuitSettings;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private failedLooks = 0;

  /** @param lookNow looks at the store, never rejects, and answers whether the store did */
  constructor(
    private readonly shared: SharedCircuit,
    private readonly local: LocalCircuit,
    private readonly probes: Probes,
    private readonly lookNow: () => Promise<boolean>,
  ) {
    this.clock = shared.use.clock;
    this.settings = shared.settings;
  }

  /** The path of nearly every call: closed, known, and nothing to wait for. */
  admitAtOnce(now: number): Ticket | undefined {
    const { view, viewAt } = this.shared;
    if (view === 'unknown' || now - viewAt > this.settings.maxViewAgeMs || this.local.isOpen) return undefined;
    if (typeof view === 'object') {
      if (view.state !== 'CLOSED' || view.mode !== undefined) return undefined;
      if (view.closedAt !== undefined && this.sinceClosed(view.closedAt, now) < this.settings.rampMs) return undefined;
    }
    this.lookBeside(now);
    this.local.turnTo(now);
    return this.ticket('plain');
  }

  /** By this instance's clock it cannot have closed after this instance was told. */
  private sinceClosed(closedAt: number, now: number): number {
    return now - Math.min(closedAt, this.shared.learnedAt);
  }

  /** The path of nearly every call while it is open: no probe may be sent yet. */
  refuseAtOnce(now: number): CircuitOpenError | undefined {
    const { view, viewAt } = this.shared;
    if (typeof view !== 'object' || view.state !== 'OPEN' || view.mode !== undefined) return undefined;
    if (now >= view.until || now - viewAt > this.settings.maxViewAgeMs) return undefined;
    this.lookBeside(now);
    return this.refusal('open', view.until - now);
  }

  /** Every other path: after a look, where one is due, and perhaps with the lease of a probe. @throws {CircuitOpenError} */
  async admitAfterLook(): Promise<Ticket> {
    const now = this.clock.now();
    const { lookedAt, failedLooks, settings } = this;
    if (mustLookFirst(this.shared, { lookedAt, failedLooks }, settings.maxViewAgeMs, now)) {
      const waited = await waitAtMost(this.clock, this.shared.use.storeTimeoutMs, this.look(now));
      if (!waited) {
        // A look that is late has failed for now: the calls that follow do not wait, too, and this one not once more for a lease.
        this.failedLooks += 1;
        return this.decide(this.clock.now(), 'unknown');
      }
    } else this.lookBeside(now);
    return this.decide(this.clock.now());
  }

  private async decide(now: number, leased?: 'lost' | 'unknown'): Promise<Ticket> {
    const { view } = this.shared;
    if (typeof view !== 'object') return this.askLocal(now);
    if (view.mode === 'isolated') throw this.refusal('isolated');
    if (view.mode === 'forced-closed') return this.ticket('uncounted');
    if (view.state === 'OPEN') return this.probe(view, now, leased);
    const sinceMs = this.sinceClosed(view.closedAt ?? Number.NEGATIVE_INFINITY, now);
    const { rampMs } = this.settings;
    if (this.shared.use.random() >= rampShare(sinceMs, rampMs)) {
      throw this.refusal('ramp', (rampMs - sinceMs) * this.shared.use.random());
    }
    return this.askLocal(now);
  }

  /** `known`: what is known of a lease already. Where the store says nothing, the circuit of this instance decides. */
  private async probe(view: CircuitItem, now: number, known?: 'lost' | 'unknown'): Promise<Ticket> {
    if (now < view.until) throw this.refusal('open', view.until - now);
    if (now < view.leaseUntil) throw this.refusal('probing', Math.min(view.leaseUntil - now, PROBING_MS));
    if (known === 'lost') throw this.refusal('probing', PROBING_MS);
    const leased = known ?? (await this.probes.lease(now));
    if (leased === 'lost') return this.decide(this.clock.now(), leased);
    if (leased === 'unknown') return this.askLocal(this.clock.now());
    return this.ticket('probe', leased);
  }

  private askLocal(now: number): Ticket {
    const gate = this.local.ask(now);
    if (gate === 'closed') return this.ticket('plain');
    if (gate === 'probe') return this.ticket('local probe');
    throw this.refusal('local', gate.waitMs);
  }

  private ticket(kind: Ticket['kind'], leased?: CircuitItem): Ticket {
    return new Ticket(kind, this.shared.epoch, this.local.generation, leased);
  }

  private refusal(reason: OpenReason, retryAfterMs?: number) {
    return circuitOpen(this.shared.key.circuit, reason, retryAfterMs);
  }

  private lookBeside(now: number): void {
    const { lookedAt, failedLooks } = this;
    const hasFailed = now - this.local.lastFailureAt;
    if (lookIsDue(this.shared, { lookedAt, failedLooks }, hasFailed, now)) void this.look(now);
  }

  private async look(now: number): Promise<void> {
    this.lookedAt = now;
    this.failedLooks = (await this.lookNow()) ? 0 : this.failedLooks + 1;
  }
}
