import type { Guard } from './contender';

/** One execution environment. */
export interface Instance {
  readonly index: number;
  guard?: Guard;
  /** Whether it has refused a call since an outage began. */
  hasRefused: boolean;
}

interface Environment extends Instance {
  calls: number;
  /** What has come for it while it was frozen. */
  readonly asleep: (() => void)[];
  /** Among the idle ones. */
  place: number;
}

/** The execution environments of a fleet: who is idle gets the next call, and between two calls each is frozen, as Lambda does it. */
export class Instances {
  private readonly all: Environment[];
  private readonly idle: Environment[];

  constructor(count: number) {
    this.all = Array.from({ length: count }, (_, index) => ({
      index,
      hasRefused: false,
      calls: 0,
      asleep: [],
      place: index,
    }));
    this.idle = [...this.all];
  }

  /** Any idle one for a call; where there is none, any one gets a second call. `wake` is what has come for it while it was frozen. */
  take(random: number): { instance: Instance; wake: (() => void)[] } {
    const from = this.idle.length > 0 ? this.idle : this.all;
    const instance = from[Math.floor(random * from.length)] as Environment;
    instance.calls += 1;
    if (from === this.idle) {
      const last = this.idle.pop() as Environment;
      if (last !== instance) {
        this.idle[instance.place] = last;
        last.place = instance.place;
      }
    }
    return { instance, wake: instance.asleep.splice(0) };
  }

  /** A call of it has ended. */
  giveBack({ index }: Instance): void {
    const instance = this.all[index] as Environment;
    instance.calls -= 1;
    if (instance.calls === 0) instance.place = this.idle.push(instance) - 1;
  }

  /** Does it now, or when the instance has its next call. */
  whenAwake(index: number, action: () => void): void {
    const instance = this.all[index] as Environment;
    if (instance.calls > 0) action();
    else instance.asleep.push(action);
  }

  forgetRefusals(): void {
    for (const instance of this.all) instance.hasRefused = false;
  }
}
