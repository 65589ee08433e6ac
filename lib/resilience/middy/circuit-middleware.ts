import type middy from '@middy/core';
import type { PolicyCircuit } from '../policy';

/** Ends the call of an invocation that was let through. */
interface Ends {
  readonly succeed: (response: unknown) => void;
  readonly fail: (error: unknown) => void;
}

interface Invocation {
  /** Absent where the circuit has not let it through. */
  readonly ends: Ends | undefined;
  /** Settles when the circuit has dealt with the end of the call: a failure is reported before the process may be frozen. */
  readonly outcome: Promise<unknown>;
}

/**
 * Puts a whole handler behind a circuit, for one that does nothing but call a party. Where only a part of a handler calls it,
 * a policy around this part is better: everything else that goes wrong in the handler counts as well here.
 *
 * Attach it last, so that it is next to the handler: middy calls no `after` when a `before` answers early, so an early answer of a
 * middleware attached later would leave the circuit waiting for the end of its call, until a probe's lease runs out.
 *
 * middy calls `onError` for what a middleware's own `before` has thrown, too. A call that was refused must not count as a failure of the
 * party, or an open circuit keeps itself open for ever: so only an invocation that was let through is told of its end, and once.
 *
 * @throws {CircuitOpenError} from the invocation, when the circuit is open; the handler is not called
 */
export function circuitMiddleware(circuit: PolicyCircuit): middy.MiddlewareObj {
  const invocations = new WeakMap<middy.Request, Invocation>();

  async function end(request: middy.Request, how: (ends: Ends) => void): Promise<void> {
    const invocation = invocations.get(request);
    if (invocation?.ends === undefined) return;
    // The first end counts. An `after` that throws is followed by `onError`, which then changes nothing.
    how(invocation.ends);
    // It rejects with the handler's own error, which is thrown on by middy.
    await invocation.outcome.catch(() => undefined);
  }

  return {
    before: (request) =>
      new Promise<void>((resolve, reject) => {
        let ends: Ends | undefined;
        const outcome = circuit.execute(
          () =>
            new Promise((succeed, fail) => {
              ends = { succeed, fail };
              resolve();
            }),
        );
        invocations.set(request, {
          get ends() {
            return ends;
          },
          outcome,
        });
        // A refusal. Once the call is let through, nobody waits for this any more.
        outcome.catch(reject);
      }),
    after: (request) => end(request, ({ succeed }) => succeed(request.response)),
    onError: (request) => end(request, ({ fail }) => fail(request.error)),
  };
}
