/** The EventBridge Scheduler room: runs schedules at their times and shows them. */
import { AwsError } from '../aws-error';
import { type DeliveringOptions, openRetriedDeliveries } from '../delivery-retry';
import { openTimetable, type TimetableEntry } from '../timetable';
import { type Schedule, type ScheduleDefinition, toSchedule, withAttemptNumber } from './schedule';
import { answerSchedulesApi } from './schedules-api';

export { type ScheduleDefinition, scheduleArn } from './schedule';

/** `random` is for flexible time windows, too. */
export interface SchedulerOptions extends DeliveringOptions {
  readonly region: string;
  readonly accountId: string;
}

/** The service of one account and region. */
export interface Scheduler {
  /**
   * Makes a schedule known; nothing runs before `resume`.
   *
   * @throws {AwsError} `ValidationException` for an expression that is not valid
   * @throws {Error} when the name is taken, or the local cloud has no such target
   */
  createSchedule(definition: ScheduleDefinition): void;
  /**
   * Answers `GET /schedules` and `GET /schedules/{name}`.
   *
   * @throws {AwsError} as the service does
   */
  handleHttp(method: string, path: string, query: URLSearchParams): { status: number; body: string };
  /** Starts the schedules, and goes on with what was under way. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html */
export function openScheduler({ region, accountId, ...options }: SchedulerOptions): Scheduler {
  const { clock } = options;
  const schedules = new Map<string, Schedule>();
  const deliveries = openRetriedDeliveries({
    ...options,
    errorCodeOf: (error) => (error instanceof AwsError ? error.code : 'InternalError'),
    payloadOf: withAttemptNumber,
  });
  const timetable = openTimetable({ ...options, deliveries });

  return {
    createSchedule(definition) {
      const { Name: name } = definition;
      if (schedules.has(name)) throw new Error(`Schedule ${name} exists already`);
      schedules.set(name, toSchedule(definition, { region, accountId }, clock.now()));
    },
    handleHttp: (method, path, query) => ({
      status: 200,
      body: JSON.stringify(answerSchedulesApi(schedules, { method, path, query })),
    }),
    async resume() {
      await deliveries.resume();
      for (const schedule of schedules.values()) await timetable.begin(toEntry(schedule));
    },
    async close() {
      await timetable.close();
      await deliveries.close();
    },
  };
}

function toEntry({ definition: { Name, State }, toDelivery, ...times }: Schedule): TimetableEntry {
  return {
    ...times,
    key: `schedule/${Name}`,
    title: `schedule ${Name}`,
    isEnabled: State !== 'DISABLED',
    toDeliveries: (dueAtMs) => [toDelivery(dueAtMs)],
  };
}
