import { waitAtMost } from './circuit-clock';
import { type CircuitItem, readItem } from './circuit-item';
import type { WriteOutcome } from './circuit-store';
import { close, noteProbeSuccess, releaseLease, reopen, takeLease } from './circuit-writes';
import type { Verdict } from './options';
import type { SharedCircuit } from './shared-circuit';

/** After a write that nobody answered in time, how long the store is not asked for a lease: doubled with each further one. */
const LEASE_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** The probes of one instance: each under the one lease that the fleet has. */
export class Probes {
  private noLeaseBefore = 0;
  private lateLeases = 0;

  constructor(private readonly shared: SharedCircuit) {}

  /**
   * Tries to get the lease of the one probe.
   *
   * @returns the item under the lease; `lost` when another has it, or the circuit is not what it was; `unknown` when the store says nothing
   */
  async lease(now: number): Promise<CircuitItem | 'lost' | 'unknown'> {
    const item = this.shared.view;
    if (typeof item !== 'object') return 'unknown';
    if (now < this.noLeaseBefore) return 'unknown';
    const update = takeLease(item, this.shared.settings.probeLeaseMs, now);
    const written = this.shared.write(update);
    const waited = await waitAtMost(this.shared.use.clock, this.shared.use.storeTimeoutMs, written);
    if (!waited) {
      this.noLeaseBefore = this.shared.use.clock.now() + Math.min(LEASE_PAUSE_MS * 2 ** this.lateLeases, MAX_PAUSE_MS);
      this.lateLeases += 1;
      written.then((late) => this.giveBack(late)).catch(() => {});
      return 'unknown';
    }
    this.lateLeases = 0;
    const { applied, item: stored } = waited.answer;
    return applied ? (readItem(stored) ?? 'lost') : 'lost';
  }

  /** A lease that came too late for the call that wanted it. */
  private async giveBack(late: WriteOutcome): Promise<void> {
    const item = late.applied ? readItem(late.item) : undefined;
    if (item) await this.shared.write(releaseLease(item));
  }

  /** Tells what a probe came to; `leased` is the item as {@link lease} answered it. Never rejects. */
  async settle(leased: CircuitItem, verdict: Verdict): Promise<void> {
    const { clock, random } = this.shared.use;
    const now = clock.now();
    const isLast = leased.probeSuccesses + 1 >= this.shared.settings.successThreshold;
    try {
      if (verdict === 'ignored') await this.shared.write(releaseLease(leased));
      else if (verdict === 'failure') {
        await this.shared.transit(reopen(leased, this.shared.settings, now, random()), {
          kind: 'reopened',
          cause: 'probe',
          failures: 0,
          at: now,
        });
      } else if (!isLast) await this.shared.write(noteProbeSuccess(leased));
      else await this.shared.transit(close(leased, now), { kind: 'closed', cause: 'probe', failures: 0, at: now });
    } catch {
      // The lease runs out by itself, and the next probe finds out anew.
    }
  }
}
