import { randomUUID } from 'node:crypto';
import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { InvalidRequestError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { ENV } from '../../../lib/service/names';
import { services } from '../../services';
import { operations } from '../contract';
import { checkReplay } from '../replay/check-replay';
import { openReplays, type StartReplay } from '../replay/eventbridge-replay';
import { rulesByType } from '../replay/rules-by-type';

/** What replaying needs to know, and how it is done. */
export interface ReplayParts {
  readonly stage: string;
  /** Names of the rules that take an event, by its type. */
  readonly rules: ReadonlyMap<string, readonly string[]>;
  readonly start: StartReplay;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Has archived events put on the bus again, all or those of some types. Every call starts a replay of its own, a repeated one
 * too: a consumer that was mended may need the same events once more, and consumers bear what they have had already.
 */
export const replayEvents =
  ({ stage, rules, start, clock, newId }: ReplayParts) =>
  async ({ body }: Pick<RequestOf<typeof operations, 'replay-events'>, 'body'>): Promise<HttpAnswer> => {
    const errors = checkReplay(body, clock.now(), [...rules.keys()].sort());
    if (errors.length > 0) throw new InvalidRequestError('these events cannot be replayed', errors);
    const [startsAt, endsAt] = [Date.parse(body.from), Date.parse(body.to)];
    const replayId = `holdfast-${stage}-${newId()}`;
    const types = body.detailTypes && [...new Set(body.detailTypes)];
    const ruleNames = types && { ruleNames: types.flatMap((type) => rules.get(type) ?? []) };
    await start({ name: replayId, startsAt, endsAt, ...ruleNames });
    const range = { from: toTimestamp(startsAt), to: toTimestamp(endsAt) };
    return { status: 202, body: { replayId, ...range, ...(types && { detailTypes: types }) } };
  };

const stage = requireEnv(ENV.stage);

export const handler = httpHandler(
  operations,
  'replay-events',
  replayEvents({
    stage,
    rules: rulesByType(services, stage),
    start: openReplays(),
    clock: systemClock,
    newId: randomUUID,
  }),
);
