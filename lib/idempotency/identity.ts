import { IdempotencyKeyReusedError } from '../errors/request-errors';
import { digest } from '../id';
import { fingerprint } from './created-item';

/**
 * What makes two requests the same one. Requests, commands and events are told apart by it in the same way, whichever of the
 * four ways remembers them:
 *
 * | what is written                 | way                                        | holds                                        |
 * | ------------------------------- | ------------------------------------------ | -------------------------------------------- |
 * | a new item                      | `createOnce`: the item is its own record   | exactly once, for as long as the item lives  |
 * | one item that is there already  | `updateOnce`: the item keeps its last keys | exactly once, for at least the last 16 keys  |
 * | several items                   | `transactOnce`: one more item among them   | exactly once, until the record expires       |
 * | something outside               | `openLease`: a lease with an owner         | one worker at a time; the party sees the key |
 */
export interface Identity {
  /** 64 hexadecimal digits, made of whatever tells requests apart. */
  readonly id: string;
  /** What was asked for; another one under the same id is not the same request. */
  readonly fingerprint: string;
}

/** What came of a request, and whether it came of an earlier one. */
export interface Once<Result> {
  readonly result: Result;
  readonly replayed: boolean;
}

/** A request of the API, as far as it matters for telling it from others. */
export interface IdentifiableRequest {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * The identity of a request of the API: its key, scoped to the caller and the route.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
export function identityOfRequest(route: string, request: IdentifiableRequest): Identity {
  const { customerId, idempotencyKey, path, query, body } = request;
  return {
    id: digest('request', customerId, route, idempotencyKey),
    fingerprint: fingerprint({ path, query, body }),
  };
}

/** The identity of a saga's command: the key that the state machine gives it, with what it is to do. */
export function identityOfCommand(command: { idempotencyKey: string; arguments: unknown }): Identity {
  return { id: digest('command', command.idempotencyKey), fingerprint: fingerprint(command.arguments) };
}

/** The identity of an event at one of its consumers. An event's id stands for what it says, so it needs no fingerprint. */
export function identityOfEvent(consumer: string, eventId: string): Identity {
  return { id: digest('event', consumer, eventId), fingerprint: '' };
}

/** @throws {IdempotencyKeyReusedError} unless both ask for the same */
export function requireSameRequest(kept: string | undefined, asked: string): void {
  if (kept !== asked) throw new IdempotencyKeyReusedError();
}
