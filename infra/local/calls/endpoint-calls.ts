import { type Clock, sleep } from '../clock';
import { type Caller, ConnectionCutError, type EndpointHandlers } from '../endpoint/endpoint';
import type { FaultTarget } from '../faults/faults';
import type { Principal } from '../iam/access';
import { type Need, type NeedSources, needsOf, restNeedsOf } from '../iam/needs';
import { faultTargetOf } from './fault-target';
import type { Gate, Replies } from './gate';

export interface GuardOptions {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly sources: NeedSources;
  principalOf(caller: Caller): Principal;
  /** Hears of each call that a function's environment has made; `true` when that was to be its last. */
  noteCall(sessionToken: string): boolean;
}

interface WireCall<T> {
  readonly caller: Caller;
  readonly needs: () => Need[];
  readonly target?: FaultTarget | undefined;
  readonly replies?: Replies<T>;
  run(): Promise<T>;
}

/**
 * What the endpoint serves, each operation behind the gate. Paths that begin with `/_` are the local cloud's own and not
 * behind it.
 */
export function guardHandlers(handlers: EndpointHandlers, options: GuardOptions): EndpointHandlers {
  const { sources } = options;
  return {
    json: mapValues(handlers.json, (handle, prefix) => (operation, body, caller) => {
      const target = faultTargetOf(prefix, body);
      return pass(options, {
        caller,
        needs: () => needsOf(prefix, operation, body, sources),
        ...(target && { target: { ...target, call: operation } }),
        ...(operation === 'PutEvents' && { replies: { throttled: () => throttledEntries(body) } }),
        run: () => handle(operation, body, caller),
      });
    }),
    query: mapValues(handlers.query, (handle, service) => (action, params, caller) => {
      const needs = () => needsOf(service, action, Object.fromEntries(params), sources);
      return pass(options, { caller, needs, run: async () => handle(action, params, caller) });
    }),
    rest: handlers.rest.map(({ pathPrefix, handle }) => ({
      pathPrefix,
      handle: (request, caller) => {
        if (pathPrefix.startsWith('/_')) return handle(request, caller);
        return pass(options, {
          caller,
          needs: () => restNeedsOf(request, sources),
          run: () => handle(request, caller),
        });
      },
    })),
  };
}

async function pass<T>(options: GuardOptions, { caller, needs, target, run, replies }: WireCall<T>): Promise<T> {
  const { gate, clock, principalOf, noteCall } = options;
  const principal = principalOf(caller);
  const call = { principal, needs: principal.kind === 'account' ? [] : needs(), ...(target && { target }) };
  try {
    return await gate.pass(call, run, { lost: (delayMs) => neverReply(clock, delayMs), ...replies });
  } finally {
    // Whoever called is dead: there is nobody to reply to.
    if (caller.sessionToken !== undefined && noteCall(caller.sessionToken)) await never();
  }
}

/** To a client on the wire a lost reply is a connection without an answer, which ends when one side has had enough. */
async function neverReply(clock: Clock, delayMs: number | undefined): Promise<never> {
  if (delayMs === undefined) return never();
  await sleep(clock, delayMs);
  throw new ConnectionCutError();
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** EventBridge throttles the entries of a request one by one, and the request itself succeeds. */
async function throttledEntries({ Entries }: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = Array.isArray(Entries) ? Entries : [];
  const failure = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded: a fault is in force' };
  return { FailedEntryCount: entries.length, Entries: entries.map(() => failure) };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  toValue: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toValue(value, key)]));
}
