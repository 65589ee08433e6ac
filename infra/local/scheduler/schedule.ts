import { randomUUID } from 'node:crypto';
import type { NewDelivery } from '../delivery-retry';
import { checkRetryPolicy, type RetryPolicy } from '../retry-policy';
import { parseScheduleExpression, type Recurrence } from './schedule-expression';

/** A schedule as it stands in a template, and as GetSchedule shows it. */
export interface ScheduleDefinition {
  readonly Name: string;
  readonly Description?: string;
  readonly ScheduleExpression: string;
  /** A name of the IANA database; UTC unless told. */
  readonly ScheduleExpressionTimezone?: string;
  readonly FlexibleTimeWindow: { readonly Mode: 'OFF' | 'FLEXIBLE'; readonly MaximumWindowInMinutes?: number };
  readonly State?: 'ENABLED' | 'DISABLED';
  /** ISO 8601. Between these two, both included; for a schedule that runs once they have no meaning. */
  readonly StartDate?: string;
  readonly EndDate?: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly RetryPolicy?: RetryPolicy;
    readonly DeadLetterConfig?: { readonly Arn?: string };
  };
}

export interface Schedule {
  readonly definition: ScheduleDefinition;
  readonly arn: string;
  /** Of all that decides when it is due: a schedule with another one starts anew. */
  readonly fingerprint: string;
  /** The first time after `afterMs`, `undefined` when there is none. */
  next(afterMs: number, anchorAtMs: number): number | undefined;
  /** How long after the due time it may run. */
  readonly windowMs: number;
  toDelivery(scheduledAtMs: number): NewDelivery;
}

export function scheduleArn({ region, accountId }: { region: string; accountId: string }, name: string): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule/default/${name}`;
}

/**
 * Makes a schedule of its definition.
 *
 * @throws {AwsError} `ValidationException` for the expression
 * @throws {Error} that names the schedule for whatever else is not valid
 */
export function toSchedule(definition: ScheduleDefinition, place: { region: string; accountId: string }): Schedule {
  const { Name: name, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = definition;
  const { FlexibleTimeWindow, Target } = definition;
  if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) throw new Error(`Schedule ${name}: its name is not valid`);
  if (!/^arn:[^:]+:(lambda|sqs|states):[a-z]/.test(Target.Arn)) {
    throw new Error(`Schedule ${name}: ${Target.Arn} must be a function, a queue or a state machine`);
  }
  if (Target.Input !== undefined && !Target.Arn.includes(':sqs:')) checkJson(name, Target.Input);
  checkRetryPolicy(`Schedule ${name}`, Target.RetryPolicy);
  const recurrence = parseScheduleExpression(ScheduleExpression, ScheduleExpressionTimezone);
  const arn = scheduleArn(place, name);
  return {
    definition,
    arn,
    fingerprint: [ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate].join(' '),
    next: within(
      recurrence,
      toMs(name, StartDate, Number.NEGATIVE_INFINITY),
      toMs(name, EndDate, Number.POSITIVE_INFINITY),
    ),
    windowMs: toWindowMs(name, FlexibleTimeWindow),
    toDelivery: (scheduledAtMs) => toDelivery(Target, arn, toTime(scheduledAtMs), place),
  };
}

function within({ isOnce, next }: Recurrence, startMs: number, endMs: number): Schedule['next'] {
  if (isOnce) return next;
  return (afterMs, anchorAtMs) => {
    const anchor = startMs === Number.NEGATIVE_INFINITY ? anchorAtMs : startMs;
    const atMs = next(Math.max(afterMs, startMs - 1), anchor);
    return atMs !== undefined && atMs <= endMs ? atMs : undefined;
  };
}

function toDelivery(
  { Arn: targetArn, RoleArn: roleArn, Input, RetryPolicy = {}, DeadLetterConfig }: ScheduleDefinition['Target'],
  arn: string,
  time: string,
  { region, accountId }: { region: string; accountId: string },
): NewDelivery {
  const executionId = randomUUID().replaceAll('-', '').slice(0, 16);
  const notification = {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: accountId,
    time,
    region,
    resources: [arn],
    detail: '{}',
  };
  const payload = (Input ?? JSON.stringify(notification))
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', executionId);
  return {
    delivery: { targetArn, payload, source: { service: 'scheduler', arn, roleArn } },
    retryPolicy: RetryPolicy,
    ...(DeadLetterConfig?.Arn !== undefined && { deadLetterQueueArn: DeadLetterConfig.Arn }),
    deadLetterAttributes: {
      SCHEDULE_ARN: arn,
      TARGET_ARN: targetArn,
      SCHEDULED_TIME: time,
      EXECUTION_ID: executionId,
      IS_PAYLOAD_TRUNCATED: 'false',
    },
  };
}

/** Fills in what differs from attempt to attempt. */
export function withAttemptNumber(payload: string, attempt: number): string {
  return payload.replaceAll('<aws.scheduler.attempt-number>', String(attempt));
}

function toWindowMs(name: string, { Mode, MaximumWindowInMinutes }: ScheduleDefinition['FlexibleTimeWindow']): number {
  if (Mode === 'OFF') return 0;
  const minutes = MaximumWindowInMinutes ?? 0;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440) {
    throw new Error(`Schedule ${name}: MaximumWindowInMinutes must be an integer from 1 to 1440, got ${minutes}`);
  }
  return minutes * 60_000;
}

function toMs(name: string, date: string | undefined, fallback: number): number {
  const atMs = date === undefined ? fallback : Date.parse(date);
  if (Number.isNaN(atMs)) throw new Error(`Schedule ${name}: ${date} is no date`);
  return atMs;
}

function toTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function checkJson(name: string, input: string): void {
  try {
    JSON.parse(withAttemptNumber(input, 1));
  } catch {
    throw new Error(`Schedule ${name}: the Input of a function or a state machine must be JSON, got ${input}`);
  }
}
