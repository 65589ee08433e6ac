import { randomUUID } from 'node:crypto';
import type { NewDelivery } from '../delivery-retry';
import type { RetryPolicy } from '../retry-policy';
import type { NextTime } from '../timetable';
import { parseScheduleExpression } from './schedule-expression';

/** A schedule as it stands in a template, where numbers may be text, and as GetSchedule shows it. */
export interface ScheduleDefinition {
  readonly Name: string;
  readonly Description?: string;
  readonly ScheduleExpression: string;
  /** A name of the IANA database; UTC unless told. */
  readonly ScheduleExpressionTimezone?: string;
  readonly FlexibleTimeWindow: { readonly Mode: string; readonly MaximumWindowInMinutes?: number | string };
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

/** Where schedules are. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export interface Schedule {
  readonly definition: ScheduleDefinition;
  readonly arn: string;
  readonly createdAtMs: number;
  /** Of all that decides when it is due: a schedule with another one starts anew. */
  readonly fingerprint: string;
  readonly next: NextTime;
  /** How long after the due time it may run. */
  readonly windowMs: number;
  toDelivery(scheduledAtMs: number): NewDelivery;
}

export function scheduleArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule/default/${name}`;
}

/**
 * Makes a schedule of its definition.
 *
 * @throws {AwsError} `ValidationException` for the expression
 * @throws {Error} that names the schedule when the local cloud has no such target
 */
export function toSchedule(definition: ScheduleDefinition, place: Place, createdAtMs: number): Schedule {
  const { Name, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, Target } = definition;
  if (!/^arn:[^:]+:(lambda|sqs|states):[a-z]/.test(Target.Arn)) {
    throw new Error(`Schedule ${Name}: ${Target.Arn} must be a function, a queue or a state machine`);
  }
  const arn = scheduleArn(place, Name);
  return {
    definition,
    arn,
    createdAtMs,
    fingerprint: [ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate].join(' '),
    next: toNext(definition),
    windowMs: Number(definition.FlexibleTimeWindow.MaximumWindowInMinutes ?? 0) * 60_000,
    toDelivery: (scheduledAtMs) => toDelivery(Target, arn, scheduledAtMs, place),
  };
}

function toNext(definition: ScheduleDefinition): NextTime {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = definition;
  const next = parseScheduleExpression(ScheduleExpression, ScheduleExpressionTimezone);
  if (ScheduleExpression.startsWith('at(')) return next;
  const startMs = StartDate === undefined ? undefined : Date.parse(StartDate);
  const endMs = EndDate === undefined ? Number.POSITIVE_INFINITY : Date.parse(EndDate);
  return (afterMs, anchorAtMs) => {
    const atMs = next(Math.max(afterMs, (startMs ?? 0) - 1), startMs ?? anchorAtMs);
    return atMs !== undefined && atMs <= endMs ? atMs : undefined;
  };
}

function toDelivery(
  { Arn: targetArn, RoleArn: roleArn, Input, RetryPolicy = {}, DeadLetterConfig }: ScheduleDefinition['Target'],
  arn: string,
  scheduledAtMs: number,
  { region, accountId }: Place,
): NewDelivery {
  const time = `${new Date(scheduledAtMs).toISOString().slice(0, 19)}Z`;
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
