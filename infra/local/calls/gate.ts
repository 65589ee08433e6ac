/** The gate between the parts of the local cloud: whoever calls must be allowed to, and a fault may strike the call. */
import { AwsError } from '../aws-error';
import { type Clock, sleep } from '../clock';
import { applyFault, type Faults, type FaultTarget, serviceFailures } from '../faults/faults';
import type { Access, Principal } from '../iam/access';
import type { Need } from '../iam/needs';

/** A call from one part to another. */
export interface Call {
  readonly principal: Principal;
  readonly needs: readonly Need[];
  /** Where a fault can strike; absent where none can. */
  readonly target?: FaultTarget;
}

/** What a caller sees when a fault takes its reply or throttles it; what is left out is an error of the called service. */
export interface Replies<T> {
  throttled?(): Promise<T>;
  /** `delayMs` is the fault's, if it has one. */
  lost?(delayMs: number | undefined): Promise<T>;
}

export interface Gate {
  /**
   * Checks every need, then runs the call as the fault that strikes it wants.
   *
   * @throws {AwsError} AccessDeniedException, what the fault says, or what the call itself throws.
   */
  pass<T>(call: Call, run: () => Promise<T>, replies?: Replies<T>): Promise<T>;
}

export function openGate({ access, faults, clock }: { access: Access; faults: Faults; clock: Clock }): Gate {
  return {
    async pass(call, run, replies = {}) {
      for (const need of call.needs) access.check({ principal: call.principal, ...need });
      const strike = call.target && faults.strike(call.target);
      if (call.target === undefined || strike === undefined) return run();
      if (strike.kind === 'throttle' && replies.throttled) return replies.throttled();
      const timeout = replies.lost ?? ((delayMs: number | undefined) => failLate(clock, delayMs));
      return applyFault(strike, run, { ...serviceFailures(call.target.part), timeout }, clock);
    },
  };
}

/** A part of the cloud does not wait for ever: it takes a reply that does not come for a failure. */
async function failLate(clock: Clock, delayMs = 0): Promise<never> {
  await sleep(clock, delayMs);
  throw new AwsError('RequestTimeout', 'no reply: a fault is in force (see /_local/faults)', 408);
}
