import type { HttpAnswer } from '../lambda/http-handler';
import {
  type IdentifiableRequest,
  type Identity,
  identityOfCommand,
  identityOfEvent,
  identityOfRequest,
  type Once,
} from './identity';

/**
 * Runs an effect for one identity, or answers what came of it before. What is thrown is never remembered, nor is a result that
 * `isKept` does not want (default: every result is kept).
 */
export type RunOnce = <Result>(
  identity: Identity,
  effect: () => Promise<Result>,
  isKept?: (result: Result) => boolean,
) => Promise<Once<Result>>;

/**
 * Makes a use case of the API one that may be repeated with its `Idempotency-Key`. Only answers of the 200 class are remembered;
 * they come back byte for byte, with `Idempotency-Replayed: true`.
 */
export const oncePerRequest =
  <Request extends IdentifiableRequest>(
    run: RunOnce,
    route: string,
    useCase: (request: Request) => Promise<HttpAnswer>,
  ) =>
  async (request: Request): Promise<HttpAnswer> => {
    const isSuccess = ({ status }: HttpAnswer) => status >= 200 && status < 300;
    const { result, replayed } = await run(identityOfRequest(route, request), () => useCase(request), isSuccess);
    return replayed ? asReplay(result) : result;
  };

/** Makes a step one that may be repeated: a repeat of the command gets the result of the first time. */
export const oncePerCommand =
  <Command extends { readonly idempotencyKey: string; readonly arguments: unknown }, Result>(
    run: RunOnce,
    useCase: (command: Command) => Promise<Result>,
  ) =>
  async (command: Command): Promise<Result> =>
    (await run(identityOfCommand(command), () => useCase(command))).result;

/** Makes a consumer one to which an event may be delivered several times. `consumer` is unique among those with one table. */
export const oncePerEvent =
  <Event extends { readonly id: string }>(run: RunOnce, consumer: string, useCase: (event: Event) => Promise<void>) =>
  async (event: Event): Promise<void> => {
    await run(identityOfEvent(consumer, event.id), () => useCase(event));
  };

/** The answer of an earlier request, marked as such. */
export function asReplay(answer: HttpAnswer): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
}
