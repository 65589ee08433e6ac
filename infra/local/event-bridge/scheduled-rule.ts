import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { NextTime, TimetableEntry } from '../timetable';
import { type BusEvent, toEventTime } from './event';
import { DEFAULT_BUS, type Place } from './names';
import type { Rule } from './rule';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * When a rule with a schedule makes an event, which goes to the targets of this rule alone. Only rates are known here: for
 * anything else there is the EventBridge Scheduler.
 *
 * @throws {AwsError} `ValidationException` when the expression is no rate, and on another bus than the default one.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export function toTimes(rule: Omit<Rule, 'schedule'>, expression: string, place: Place): TimetableEntry {
  const { arn, busName, definition } = rule;
  if (busName !== DEFAULT_BUS) {
    throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
  }
  return {
    key: `scheduled-rule/${definition.Name}`,
    title: `rule ${definition.Name}`,
    isEnabled: definition.State !== 'DISABLED',
    fingerprint: expression,
    next: parseRate(expression),
    windowMs: 0,
    toDeliveries: (dueAtMs) => rule.toDeliveries(toScheduledEvent(arn, dueAtMs, place), dueAtMs),
  };
}

/** `rate(1 minute)`, `rate(2 minutes)`: the unit has an s for all but one. The first time is one such period after the start. */
function parseRate(expression: string): NextTime {
  const [, value = '', unit, plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (unit === undefined || (value === '1') !== (plural === '')) {
    const reason = `the local cloud understands rate(1 minute), rate(2 hours) and the like, got ${expression}`;
    throw new AwsError('ValidationException', `Parameter ScheduleExpression is not valid. Reason: ${reason}`);
  }
  const everyMs = Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return (afterMs, anchorAtMs) => anchorAtMs + Math.max(1, Math.floor((afterMs - anchorAtMs) / everyMs) + 1) * everyMs;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
function toScheduledEvent(ruleArn: string, dueAtMs: number, { region, accountId }: Place): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: toEventTime(dueAtMs),
    region,
    resources: [ruleArn],
    detail: {},
  };
}
