import { services } from '../../functions/services';
import type { ServiceContract } from '../../lib/service/contract';
import type { Fate, Forgery } from './fates';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** Fates of each kind. An error is an HTTP status, which becomes the error of AWS where the call is one of AWS, or the name of such an error. */
export const before = (...errors: string[]): Fate[] => errors.map((error) => ({ kind: 'error-before', error }));
export const after = (...errors: string[]): Fate[] => errors.map((error) => ({ kind: 'error-after', error }));
/** It takes effect, and the caller hears nothing until its own time limit. */
export const SILENCE: Fate = { kind: 'error-after' };
export const late = (...times: number[]): Fate[] => times.map((landsAfterMs) => ({ kind: 'late', landsAfterMs }));
export const again = (...times: number[]): Fate[] => times.map((afterMs) => ({ kind: 'duplicate', afterMs }));
export const crash = (...writes: number[]): Fate[] => writes.map((afterWrites) => ({ kind: 'crash', afterWrites }));
export const skew = (...times: number[]): Fate[] => times.map((byMs) => ({ kind: 'skew', byMs }));
export const delay = (...times: number[]): Fate[] => times.map((delayMs) => ({ kind: 'delay', delayMs }));
export const forge = (...kinds: Forgery[]): Fate[] => kinds.map((as) => ({ kind: 'forge', as }));
/** The first, the last or all of the events of one request. */
export const part = (...errors: string[]): Fate[] =>
  errors.flatMap((error) => (['first', 'last', 'all'] as const).map((refused) => ({ kind: 'part', error, refused })));
export const twin = (...times: number[]): Fate[] => times.map((afterMs) => ({ kind: 'twin', afterMs }));

export const FAILS = before('500', '503');
export const THROTTLES = before('429');
/** What the SDK of Step Functions reports when it has lost an answer. */
export const LAMBDA_LOSES = [SILENCE, ...after('Lambda.SdkClientException')];
export const TABLE_THROTTLES = before(
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
);
export const SOON = again(0, SECOND_MS, 45 * SECOND_MS);
/** Past the time limit of a call of DynamoDB or of a party, and some past that of the step that makes it. */
export const AFTER_THE_UNDO = late(
  4 * SECOND_MS,
  12 * SECOND_MS,
  28 * SECOND_MS,
  60 * SECOND_MS,
  4 * MINUTE_MS,
  12 * MINUTE_MS,
);
/**
 * Past the time limit of a step. Its undo begins when the last attempt is given up, so most of these land while it is under way
 * or just over, still before the command's deadline, when the other attempts failed fast.
 */
export const STEP_AFTER_THE_UNDO = late(
  ...[28, 35, 45, 60, 75, 100].map((seconds) => seconds * SECOND_MS),
  12 * MINUTE_MS,
);
/** Two of three, beside seven others. */
export const MOST_FAIL = Array.from({ length: 7 }, () => FAILS).flat();
/** Past the ten minutes of a DynamoDB token, and past the day for which a provider keeps its keys. */
export const AFTER_THE_WINDOWS = again(11 * MINUTE_MS, 25 * HOUR_MS);
export const SKEWS = skew(-30 * SECOND_MS, -5 * SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS);

export const LAMBDA = { edges: ['lambda'] } as const;
export const TABLE = { edges: ['table'] } as const;
export const PARTY = { edges: ['party'] } as const;
export const STATES = { edges: ['states'] } as const;
/** Functions that are called by a state machine; all others ask or are asked by HTTP. */
export const STEPS = {
  ...LAMBDA,
  names: new RegExp(`^(${services.flatMap(stepsOf).join('|')})$`),
} as const;

/** Steps that call an outside party. */
export const PARTY_STEPS = {
  ...LAMBDA,
  names: new RegExp(
    `^(${services.flatMap((service) => stepsOf(service).filter((name) => callsParty(service, name))).join('|')})$`,
  ),
} as const;

function callsParty({ handlers }: ServiceContract, name: string): boolean {
  return handlers[name.split('/')[1] ?? '']?.party !== undefined;
}

function stepsOf({ name, handlers }: ServiceContract): string[] {
  return Object.keys(handlers)
    .filter((handler) => handlers[handler]?.trigger.kind === 'step')
    .map((handler) => `${name}/${handler}`);
}
