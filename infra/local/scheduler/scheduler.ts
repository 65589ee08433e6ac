/** The EventBridge Scheduler room: runs schedules at their times and shows them. */
import { AwsError } from '../aws-error';
import { type DeliveringOptions, openRetriedDeliveries } from '../delivery-retry';
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
  /**
   * Starts the schedules, and goes on with what was under way.
   *
   * A time that passed while nothing ran, or that the clock was put past, is made up for once and at once, with that time as
   * the scheduled one; of several missed times only the first. AWS itself is never away, so there is nothing to follow.
   */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Where a schedule stands, kept under `schedule/`. */
interface Position {
  readonly fingerprint: string;
  readonly createdAtMs: number;
  /** When it is due next; absent when it never is again. */
  readonly dueAtMs?: number;
  /** When it runs for that: later than due by its flexible time window. */
  readonly runAtMs?: number;
}

/** How long a timer sleeps at most: a clock that is moved is noticed within it, and a timer has a largest delay. */
const MAX_SLEEP_MS = 10_000;

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html */
export function openScheduler({ region, accountId, ...options }: SchedulerOptions): Scheduler {
  const { store, clock, random = Math.random, onError } = options;
  const schedules = new Map<string, Schedule>();
  const running = new Set<Promise<void>>();
  const deliveries = openRetriedDeliveries({
    ...options,
    errorCodeOf: (error) => (error instanceof AwsError ? error.code : 'InternalError'),
    payloadOf: withAttemptNumber,
  });
  let isClosed = false;

  function plan(schedule: Schedule, { fingerprint, createdAtMs }: Position, afterMs: number): Position {
    const dueAtMs = schedule.next(afterMs, createdAtMs);
    if (dueAtMs === undefined) return { fingerprint, createdAtMs };
    return { fingerprint, createdAtMs, dueAtMs, runAtMs: dueAtMs + Math.floor(random() * schedule.windowMs) };
  }

  function sleep(schedule: Schedule, position: Position): void {
    if (position.runAtMs === undefined) return;
    const delayMs = Math.min(Math.max(0, position.runAtMs - clock.now()), MAX_SLEEP_MS);
    clock.after(delayMs, () => {
      if (isClosed) return;
      const run = wake(schedule, position)
        .catch((error: unknown) => onError(error, `schedule ${schedule.definition.Name}`))
        .finally(() => running.delete(run));
      running.add(run);
    });
  }

  async function wake(schedule: Schedule, position: Position): Promise<void> {
    const { dueAtMs, runAtMs } = position;
    const nowMs = clock.now();
    if (dueAtMs === undefined || runAtMs === undefined || runAtMs > nowMs) return sleep(schedule, position);
    const { changes, start } = deliveries.prepare([schedule.toDelivery(dueAtMs)]);
    // A window can end after the next due time, which then must not be left out.
    const later = plan(schedule, position, Math.max(dueAtMs, nowMs - schedule.windowMs));
    await store.write([...changes, { key: keyOf(schedule), value: later }]);
    start();
    sleep(schedule, later);
  }

  async function begin(schedule: Schedule): Promise<void> {
    const key = keyOf(schedule);
    // What falls due while it is disabled is not made up for.
    if (schedule.definition.State === 'DISABLED') return store.write([{ key }]);
    const known = await store.get<Position>(key);
    if (known?.fingerprint === schedule.fingerprint) return sleep(schedule, known);
    const nowMs = clock.now();
    const fresh = plan(schedule, { fingerprint: schedule.fingerprint, createdAtMs: nowMs }, nowMs - 1);
    await store.write([{ key, value: fresh }]);
    sleep(schedule, fresh);
  }

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
      for (const schedule of schedules.values()) await begin(schedule);
    },
    async close() {
      isClosed = true;
      await Promise.all(running);
      await deliveries.close();
    },
  };
}

function keyOf({ definition }: Schedule): string {
  return `schedule/${definition.Name}`;
}
