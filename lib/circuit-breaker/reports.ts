import { SLOTS } from './circuit-item';
import { addReport, createItem, open } from './circuit-writes';
import type { Epoch, SharedCircuit } from './shared-circuit';
import { shouldTrip } from './trip-rule';
import { bucketOf, failuresIn, MINUTE_MS, slotMsOf } from './window';

/** How often a report is tried on a circuit that others write, too. What does not get in then is dropped: others tell the same. */
const REPORT_TRIES = 3;

/** A report that failed is followed by none for this long: a store that is throttled is not helped by more. */
const REPORT_PAUSE_MS = 1_000;

/** A report that has not come back by then never will: its process was frozen, or the store breaks its word. */
const LOST_REPORT_MS = 5_000;

/** What an instance has seen and not told yet, by slot. */
interface Pending {
  readonly slot: number;
  readonly epoch: Epoch;
  failures: number;
  calls: number;
}

/** What one instance tells the fleet of its calls. Whoever tells the failure that is one too many opens the circuit. */
export class Reports {
  private pending: Pending[] = [];
  private reporting: { readonly since: number; readonly done: Promise<void> } | undefined;
  private noReportBefore = 0;

  constructor(private readonly shared: SharedCircuit) {}

  /** Notes calls to be told, by the epoch in which they began. */
  note(epoch: Epoch, failures: number, calls: number, now: number): void {
    const slot = bucketOf(now, slotMsOf(this.shared.settings.windowMs));
    const last = this.pending.at(-1);
    if (last && last.slot === slot && last.epoch === epoch) {
      last.failures += failures;
      last.calls += calls;
    } else this.pending.push({ slot, epoch, failures, calls });
  }

  /** Tells what is noted; one report at a time, and what is noted meanwhile goes with the next. Never rejects. */
  tell(): Promise<void> {
    const now = this.shared.use.clock.now();
    if (this.reporting && now - this.reporting.since < LOST_REPORT_MS) return this.reporting.done;
    const reporting = { since: now, done: Promise.resolve() };
    this.reporting = reporting;
    reporting.done = this.tellAll().then(() => {
      if (this.reporting === reporting) this.reporting = undefined;
      // Noted after the last look at what is noted.
      return this.pending.length > 0 ? this.tell() : undefined;
    });
    return reporting.done;
  }

  private async tellAll(): Promise<void> {
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      const now = this.shared.use.clock.now();
      const isOver = next.slot <= bucketOf(now, slotMsOf(this.shared.settings.windowMs)) - SLOTS;
      if (isOver || now < this.noReportBefore) continue;
      try {
        await this.tellOne(next);
      } catch {
        this.noReportBefore = this.shared.use.clock.now() + REPORT_PAUSE_MS;
      }
    }
  }

  private async tellOne({ slot, epoch, failures, calls }: Pending): Promise<void> {
    const { clock, reporter } = this.shared.use;
    const wantsReporters = this.shared.settings.minimumReporters > 1;
    if (this.shared.view === 'absent') await this.shared.write(createItem(clock.now()));
    for (let attempt = 0; attempt < REPORT_TRIES; attempt += 1) {
      const now = clock.now();
      const item = this.shared.view;
      if (typeof item !== 'object' || !this.shared.counts(epoch)) return;
      const minute = bucketOf(now, MINUTE_MS);
      const update = addReport(
        item,
        { slot, minute, failures, calls, ...(wantsReporters && { reporter }) },
        now,
        attempt === 0,
      );
      if (!update) return;
      if ((await this.shared.write(update)).applied) return this.openIfWanted();
    }
  }

  /** Opens the circuit when its counts say so, and tells of it if it was us. */
  private async openIfWanted(): Promise<void> {
    const { clock, random } = this.shared.use;
    const now = clock.now();
    const item = this.shared.view;
    if (typeof item !== 'object' || item.state !== 'CLOSED' || item.mode) return;
    if (!shouldTrip(item, this.shared.settings, now)) return;
    const failures = failuresIn(item.slots, now, this.shared.settings.windowMs);
    await this.shared.transit(open(item, this.shared.settings, now, random()), {
      kind: 'opened',
      cause: 'failures',
      failures,
      at: now,
    });
  }
}
