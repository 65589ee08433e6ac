import { breakDuration } from './break-duration';
import { type Bucket, SLOTS } from './circuit-item';
import type { CircuitSettings, Verdict } from './options';
import { shouldTrip } from './trip-rule';
import { bucketOf, slotMsOf } from './window';

/** How much longer the breaks of one instance are: when each probes for itself, the party gets as many probes as there are instances. */
const FACTOR = 2;

/** What the local circuit says to a call: go, go as its one probe, or wait so many milliseconds. */
export type LocalGate = 'closed' | 'probe' | { readonly waitMs: number };

/**
 * The circuit of one instance, beneath the one that the fleet shares: it takes a broken instance out without asking anybody, and is
 * all there is while the store is down. Every call is counted.
 *
 * It opens by the same rule, admits one call when its break is over, and closes when that goes well.
 */
export class LocalCircuit {
  private slots: { id: number; calls: number; failures: number }[] = [];
  private openUntil: number | undefined;
  private breaks = 0;
  private probing: { readonly since: number } | undefined;
  /** The slot of the call that was let through last, and the time that it stands for: from the one instant up to the other. */
  private present = { id: -1, calls: 0, failures: 0 };
  private presentFrom = Number.POSITIVE_INFINITY;
  private presentTo = Number.NEGATIVE_INFINITY;
  private readonly slotMs: number;
  private readonly rule: CircuitSettings;
  private readonly breakOptions: Pick<CircuitSettings, 'breakMs' | 'maxBreakMs'>;
  /** One more with each reset: what a call of before comes to, says nothing any more. */
  generation = 0;
  /** When it last saw a failure; it may be long ago. */
  lastFailureAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: CircuitSettings) {
    this.slotMs = slotMsOf(settings.windowMs);
    this.rule = { ...settings, minimumReporters: 1 };
    this.breakOptions = { breakMs: settings.breakMs * FACTOR, maxBreakMs: settings.maxBreakMs * FACTOR };
    this.reset();
  }

  get isOpen(): boolean {
    return this.openUntil !== undefined;
  }

  /** Forgets everything, as when the fleet has found the party well. */
  reset(): void {
    this.slots = Array.from({ length: SLOTS }, () => ({ id: -1, calls: 0, failures: 0 }));
    this.presentFrom = Number.POSITIVE_INFINITY;
    this.openUntil = undefined;
    this.probing = undefined;
    this.breaks = 0;
    this.generation += 1;
  }

  /** Asks for a call. Whoever gets `probe` must say what became of it, or let it be forgotten after the time of a lease. */
  ask(now: number): LocalGate {
    if (this.openUntil === undefined) {
      this.turnTo(now);
      return 'closed';
    }
    if (now < this.openUntil) return { waitMs: this.openUntil - now };
    const { probeLeaseMs } = this.settings;
    if (this.probing && now - this.probing.since < probeLeaseMs) {
      return { waitMs: probeLeaseMs - (now - this.probing.since) };
    }
    this.probing = { since: now };
    this.generation += 1;
    return 'probe';
  }

  /** Turns the window to the present: before each call that is let through while it is closed. */
  turnTo(now: number): void {
    if (now >= this.presentFrom && now < this.presentTo) return;
    this.present = this.slotAt(now);
    this.presentFrom = this.present.id * this.slotMs;
    this.presentTo = this.presentFrom + this.slotMs;
  }

  /**
   * Counts a call that went well, in a closed circuit: the path of nearly every call. It counts at the time of the last call that was let
   * through, which lies between its own beginning and its end: asking for the time again would be a fifth of the cost.
   */
  countSuccess(): void {
    this.present.calls += 1;
  }

  /** Counts a call that failed; opens when that is one too many. */
  countFailure(now: number, random: number): void {
    const slot = this.slotAt(now);
    slot.calls += 1;
    slot.failures += 1;
    this.lastFailureAt = now;
    if (this.openUntil === undefined && shouldTrip(this.counts(), this.rule, now)) this.open(now, random);
  }

  /** What the probe came to. */
  settleProbe(verdict: Verdict, now: number, random: number): void {
    this.probing = undefined;
    if (verdict === 'success') this.reset();
    if (verdict === 'failure') {
      this.lastFailureAt = now;
      this.open(now, random);
    }
  }

  /** Opens until an instant, because the fleet's circuit is. */
  openWithFleet(until: number): void {
    if (this.openUntil === undefined) this.breaks = 1;
    this.openUntil = Math.max(this.openUntil ?? 0, until);
  }

  private open(now: number, random: number): void {
    this.breaks += 1;
    this.openUntil = now + breakDuration(this.breakOptions, this.breaks, random);
    this.generation += 1;
  }

  private counts() {
    return { slots: this.slots as readonly Bucket[], minutes: [], epoch: 0, reporters: [] };
  }

  private slotAt(now: number) {
    const id = bucketOf(now, this.slotMs);
    const slot = this.slots[id % SLOTS] as { id: number; calls: number; failures: number };
    if (slot.id !== id) {
      slot.id = id;
      slot.calls = 0;
      slot.failures = 0;
    }
    return slot;
  }
}
