import { type GenericSchema, type InferOutput, safeParse } from 'valibot';
import type { Circuit } from '../circuit-breaker/circuit';
import { CircuitOpenError } from '../circuit-breaker/circuit-errors';
import { circuitTitle } from '../circuit-breaker/transition';
import { annotate, inSpan } from '../observability/tracing';
import type { ReadSecret } from '../secrets/aws-secret';
import { type PolicyCircuit, policy } from './policy';
import { describeError, sendRequest } from './send-request';
import { TimeoutError } from './timeout';

/**
 * How long one call to an outside party may take: its answer, the secret, and a second try where the secret was changed. A step makes
 * two calls at most, one to act and one to look up what became of it, in functions that have 20 seconds for these (10), for the order
 * that is asked for what to send (4) and for their table. A healthy provider answers in a fraction of it; one that is starting may take
 * seconds, and giving up on it costs a look-up.
 */
export const CALL_TIMEOUT_MS = 5_000;

export interface PartyRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash and is added to the party's URL. Parts that come from data must be percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * What came of a call: the party's answer, or `unknown` when nothing tells whether the call took effect: no answer in time,
 * a lost connection, a 5xx, an answer that is not JSON. `why` is for the log and holds nothing of the request's body.
 */
export type PartyOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Calls an outside party once, if its circuit lets the call through. Never repeats by itself, not even a look-up: the state machine or
 * the queue behind the caller does, and where two layers repeat, a party that is down gets the product of both.
 *
 * @throws {CircuitOpenError} when the circuit does not: nothing was sent
 * @throws {Error} when the secret cannot be read: nothing was sent
 */
export type CallParty = (request: PartyRequest) => Promise<PartyOutcome>;

/** An outside party behind its circuit. */
export interface Party {
  readonly call: CallParty;
  /**
   * Runs `work` only if the circuit lets a call through, which is then the first one that `work` makes: what `work` writes before it, is
   * not written when the party is not called. A leave that is not used is given back. While the party is probed, everybody else waits for
   * `work`: it should do nothing before its call but what must be done under the leave.
   *
   * @throws {CircuitOpenError} when the circuit lets no call through: nothing was sent, and `work` was not run
   */
  admitted<T>(work: (call: CallParty) => Promise<T>): Promise<T>;
}

/** Runs `work` with what speaks to a party, if the party may be called: see {@link Party.admitted}. */
export type Admit<Port> = <T>(work: (port: Port) => Promise<T>) => Promise<T>;

/** Where an outside party is, how it knows us, and what guards it. */
export interface PartyOptions {
  /** By what name it stands in traces. */
  readonly role: string;
  readonly url: string;
  readonly secret: ReadSecret;
  readonly circuit: Pick<Circuit, 'key' | 'execute' | 'admit'>;
  /** Default {@link CALL_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/** Makes the caller of one party, behind the circuit and within the time limit. */
export function connectParty({ role, url, secret, circuit, timeoutMs = CALL_TIMEOUT_MS }: PartyOptions): Party {
  const base = url.replace(/\/+$/, '');
  const noting = noteRefusals(circuitTitle(circuit.key));

  async function attempt(request: PartyRequest, signal: AbortSignal): Promise<PartyOutcome> {
    const send = (bearer: string) =>
      inSpan(`${request.method} ${role}`, { kind: 'client' }, () =>
        sendRequest(request, { url: base, secret: bearer, signal }),
      );
    const outcome = await send(await secret());
    if (outcome.kind !== 'answered' || outcome.status !== 401) return outcome;
    // The secret was changed since it was read. A 401 says that nothing was done, so the call may be repeated; to the circuit both are
    // one, or the second could be refused where the first has begun something.
    return send(await secret('fresh'));
  }

  const callThrough = (gate: PolicyCircuit): CallParty => {
    const guard = policy({ circuit: gate, timeoutMs });
    return (request) => guard.execute(({ signal }) => attempt(request, signal)).catch(toOutcome);
  };

  const usual: PolicyCircuit = { execute: (work) => noting(() => circuit.execute(work)) };
  return {
    call: callThrough(usual),
    async admitted(work) {
      const admission = await noting(() => circuit.admit());
      let isUsed = false;
      const first: PolicyCircuit = {
        execute: (call) => {
          if (isUsed) return usual.execute(call);
          isUsed = true;
          return admission.run(call);
        },
      };
      try {
        return await work(callThrough(first));
      } finally {
        await admission.release();
      }
    },
  };
}

/**
 * Calls a party for what must come to its end and is repeated until it has, such as an undo. Where it stays unknown what a call came to and
 * the circuit is open then, this counts as refused: whoever repeats waits for the circuit, as the others do, instead of using up the
 * repeats for a failure. Only for what may be repeated whatever the call came to.
 *
 * @throws {CircuitOpenError} also after a call whose outcome is unknown, when the circuit lets no other through
 */
export function untilWell({ call, admitted }: Party): CallParty {
  return async (request) => {
    const outcome = await call(request);
    if (outcome.kind === 'unknown') await admitted(async () => undefined);
    return outcome;
  };
}

/** Opens what speaks to a party, anew for each call that the circuit lets through. */
export function admitting<Port>(party: Party, open: (call: CallParty) => Port): Admit<Port> {
  return (work) => party.admitted((call) => work(open(call)));
}

/**
 * Looks something up at a party. A look-up that the circuit refuses has found out nothing: after a call whose outcome is unknown, "nothing
 * was sent" must not be what the caller hears last.
 */
export async function lookUp(call: CallParty, path: string): Promise<PartyOutcome> {
  try {
    return await call({ method: 'GET', path });
  } catch (error) {
    if (error instanceof CircuitOpenError) return { kind: 'unknown', why: `was refused: ${error.message}` };
    throw error;
  }
}

/** The body of a 200 or 201, when it is what was agreed on; `undefined` for anything else. */
export function readAnswer<Schema extends GenericSchema>(
  schema: Schema,
  outcome: PartyOutcome,
): InferOutput<Schema> | undefined {
  if (outcome.kind !== 'answered' || (outcome.status !== 200 && outcome.status !== 201)) return undefined;
  const result = safeParse(schema, outcome.body);
  return result.success ? result.output : undefined;
}

/** The outcome in a few words for the log: why it is unknown, or the status. */
export function describeOutcome(outcome: PartyOutcome): string {
  return outcome.kind === 'unknown' ? outcome.why : `answered ${outcome.status}`;
}

/** Shows in the trace which circuit has refused a call: there is no span of a call that was not made. */
function noteRefusals(title: string) {
  return async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof CircuitOpenError) annotate({ circuit: title, code: error.code });
      throw error;
    }
  };
}

/** A call that was given up may have taken effect; what else is thrown was so before anything was sent. */
function toOutcome(error: unknown): PartyOutcome {
  if (error instanceof TimeoutError) return { kind: 'unknown', why: describeError(error) };
  throw error;
}
