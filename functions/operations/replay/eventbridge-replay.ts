import {
  EventBridgeClient,
  LimitExceededException,
  ResourceAlreadyExistsException,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { requireEnv } from '../../../lib/env';
import { ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { archiveName, ENV } from '../../../lib/service/names';
import { TooManyReplaysError } from './too-many-replays-error';

/** What is replayed. */
export interface Replay {
  /** Never used before: 1 to 64 of letters, digits, `.`, `-` and `_`. */
  readonly name: string;
  /** Epoch milliseconds: events of this second and later, */
  readonly startsAt: number;
  /** and earlier than this instant. */
  readonly endsAt: number;
  /** The rules that get the events; every rule of the bus when absent. */
  readonly ruleNames?: readonly string[];
}

/** Starts a replay. */
export type StartReplay = (replay: Replay) => Promise<void>;

/**
 * Opens the archive of the bus that the environment names. Made once, at INIT.
 *
 * Events count by their own time, not by when they came to the archive, which may be ten minutes later: a replay that is started right
 * after them misses some. EventBridge replays minute by minute, without an order within one.
 *
 * @throws {TooManyReplaysError} from `StartReplay`, while ten replays of the account are running; {@link ServiceUnavailableError} when
 *   EventBridge does not answer (the replay may have been started) or refuses.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function openReplays(): StartReplay {
  const client = new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  const busArn = requireEnv(ENV.eventBusArn);
  const archiveArn = busArn.replace(/event-bus\/.*/, `archive/${archiveName(requireEnv(ENV.stage))}`);
  const toRuleArn = (name: string) => `${busArn.replace(':event-bus/', ':rule/')}/${name}`;
  return async ({ name, startsAt, endsAt, ruleNames }) => {
    try {
      await client.send(
        new StartReplayCommand({
          ReplayName: name,
          EventSourceArn: archiveArn,
          // The time of an event on the bus has whole seconds: one that happened after `startsAt` may seem to be before it.
          EventStartTime: new Date(startsAt - (startsAt % 1000)),
          EventEndTime: new Date(endsAt),
          Destination: { Arn: busArn, ...(ruleNames && { FilterArns: ruleNames.map(toRuleArn) }) },
        }),
      );
    } catch (error) {
      // An attempt of this very call whose reply was lost: nobody else knows the name.
      if (error instanceof ResourceAlreadyExistsException) return;
      if (error instanceof LimitExceededException) throw new TooManyReplaysError(error);
      throw new ServiceUnavailableError('EventBridge', error);
    }
  };
}
