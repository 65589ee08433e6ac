import type { Change, Contender, Requests, World } from './contender';
import { type Instance, Instances } from './instances';
import { lengthOf, outagesEndAt, type Scenario } from './scenario';
import { seededRandom } from './seeded-random';
import { VirtualTime } from './virtual-time';

/** A call that went well takes this long. */
const WELL_MS = { from: 20, to: 60 };

/** One call. Instants are seconds from the start. */
export interface CallRecord {
  readonly arrivedAt: number;
  /** When it reached the party; absent when it was refused. */
  begunAt?: number;
  /** When its caller had an answer; absent when it never ended. */
  endedAt?: number;
  /** How long the party took. */
  workMs: number;
  hasFailed: boolean;
  isProbe: boolean;
}

/** What happened in a run. */
export interface FleetLog {
  readonly calls: readonly CallRecord[];
  readonly changes: readonly { readonly at: number; readonly change: Change; readonly instance: number }[];
  /** Billed until the first outage, or the end where there is none; and in all. */
  readonly healthyRequests: Requests;
  readonly requests: Requests;
  readonly isBroken: (instance: number) => boolean;
}

/** Lets a fleet go through a scenario behind a breaker. The same seed is the same run; every breaker gets the same calls. */
export async function runFleet(scenario: Scenario, contender: Contender, seed: number): Promise<FleetLog> {
  const fleet = new Fleet(scenario, contender, seed);
  return fleet.run();
}

class Fleet {
  private readonly time: VirtualTime;
  private readonly startAt: number;
  private readonly arrivals: () => number;
  private readonly fates: () => number;
  private readonly choices: () => number;
  private readonly instances: Instances;
  private readonly calls: CallRecord[] = [];
  private readonly changes: { at: number; change: Change; instance: number }[] = [];
  /** From when on a prober dies, once. */
  private deathAfter: number;
  private readonly breaker: ReturnType<Contender['start']>;
  private readonly isAlone: boolean;

  constructor(
    private readonly scenario: Scenario,
    contender: Contender,
    seed: number,
  ) {
    this.isAlone = contender.isAlone === true;
    const start = seededRandom(seed, 'start');
    // Anywhere within an hour: minutes and seconds begin where they do.
    this.startAt = 1_767_225_600_000 + start() * 3_600_000;
    this.time = new VirtualTime(this.startAt);
    this.arrivals = seededRandom(seed, 'arrivals');
    this.fates = seededRandom(seed, 'fates');
    this.choices = seededRandom(seed, 'choices');
    this.deathAfter = deathAfter(scenario);
    this.instances = new Instances(scenario.instances);
    this.breaker = contender.start(this.world(seed));
  }

  async run(): Promise<FleetLog> {
    const { scenario, time, startAt, calls, changes } = this;
    time.after(this.untilNextCall(), () => this.arrive());
    for (const { from } of scenario.outages) {
      time.after(from * 1000, () => this.instances.forgetRefusals());
    }
    await time.runUntil(startAt + (scenario.outages[0]?.from ?? lengthOf(scenario)) * 1000);
    const healthyRequests = this.breaker.requests();
    await time.runUntil(startAt + lengthOf(scenario) * 1000);
    const isBroken = (instance: number) => this.isBroken(instance);
    return { calls, changes, healthyRequests, requests: this.breaker.requests(), isBroken };
  }

  private world(seed: number): World {
    const { time, startAt, scenario, instances } = this;
    const skews = seededRandom(seed, 'skews');
    const skewOf = Array.from({ length: scenario.instances }, () =>
      Math.round((2 * skews() - 1) * scenario.clockSkewMs),
    );
    return {
      time,
      random: seededRandom(seed, 'breaker'),
      troubles: scenario.storeTroubles.map(({ kind, from, seconds }) => ({
        kind,
        fromAt: startAt + from * 1000,
        toAt: startAt + (from + seconds) * 1000,
      })),
      clockOf: (index) => ({
        now: () => Math.floor(time.now + (skewOf[index] ?? 0)),
        after: (delayMs, action) => time.after(delayMs, () => instances.whenAwake(index, action)),
      }),
      awake: (index, answer) =>
        new Promise((resolve, reject) => {
          answer.then(
            (value) => instances.whenAwake(index, () => resolve(value)),
            (error) => instances.whenAwake(index, () => reject(error)),
          );
        }),
      noteChange: (change, instance) => {
        this.changes.push({ at: this.seconds(), change, instance });
        // What all share is closed: calls are calls again, also of who has refused some.
        if (change === 'closed' && !this.isAlone) instances.forgetRefusals();
      },
    };
  }

  private arrive(): void {
    this.time.after(this.untilNextCall(), () => this.arrive());
    const { fates } = this;
    const fate = { failsAnyway: fates() < this.scenario.baseErrorRate, luck: fates(), length: fates() };
    const { instance, wake } = this.instances.take(this.choices());
    const call: CallRecord = { arrivedAt: this.seconds(), workMs: 0, hasFailed: false, isProbe: false };
    this.calls.push(call);
    for (const action of wake) this.time.after(0, action);
    this.time.after(0, () => void this.handle(instance, call, fate));
  }

  private async handle(instance: Instance, call: CallRecord, fate: Fate): Promise<void> {
    instance.guard ??= this.breaker.instance(instance.index);
    try {
      await instance.guard((isProbe) => this.callParty(instance, call, fate, isProbe));
    } catch {
      // Refused, or failed: the record tells which.
    }
    call.endedAt = this.seconds();
    if (call.begunAt === undefined) instance.hasRefused = true;
    this.instances.giveBack(instance);
  }

  /** Also counts as a probe: what an instance sends that has refused calls since the outage began, or the circuit was closed. */
  private callParty(instance: Instance, call: CallRecord, fate: Fate, isProbe: boolean): Promise<void> {
    const now = this.seconds();
    call.begunAt = now;
    call.isProbe = isProbe || instance.hasRefused;
    if (call.isProbe && now >= this.deathAfter) {
      this.deathAfter = Number.POSITIVE_INFINITY;
      return new Promise(() => {});
    }
    const failureMs = this.failureMs(instance.index, now, fate);
    call.hasFailed = failureMs !== undefined || fate.failsAnyway;
    call.workMs = failureMs ?? WELL_MS.from + fate.length * (WELL_MS.to - WELL_MS.from);
    return new Promise((resolve, reject) => {
      this.time.after(call.workMs, call.hasFailed ? () => reject(new Error('the party has failed')) : resolve);
    });
  }

  private failureMs(index: number, now: number, { luck }: Fate): number | undefined {
    const outage = this.scenario.outages.find(({ from, seconds }) => now >= from && now < from + seconds);
    if (outage && luck < outage.share) return outage.failureMs;
    return this.isBroken(index) ? this.scenario.brokenMs : undefined;
  }

  private isBroken(index: number): boolean {
    return index < this.scenario.brokenInstances;
  }

  private untilNextCall(): number {
    return (-Math.log(1 - this.arrivals()) / this.scenario.callsPerSecond) * 1000;
  }

  private seconds(): number {
    return (this.time.now - this.startAt) / 1000;
  }
}

interface Fate {
  readonly failsAnyway: boolean;
  readonly luck: number;
  readonly length: number;
}

function deathAfter(scenario: Scenario): number {
  if (scenario.proberDies === undefined) return Number.POSITIVE_INFINITY;
  return scenario.proberDies === 'in the outage' ? (scenario.outages[0]?.from ?? 0) : outagesEndAt(scenario);
}
