import { AwsError } from '../aws-error';
import type { NextTime } from '../timetable';
import { parseCron } from './cron';
import { openTimeZone } from './time-zone';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2031-05-06T09:00:00)`. A time zone has no meaning for a rate: a
 * day of it has 24 hours.
 *
 * @throws {AwsError} `ValidationException`, also for an unknown time zone, and for a time that the zone's clock skips
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseScheduleExpression(expression: string, timeZone = 'UTC'): NextTime {
  try {
    return parse(expression, timeZone);
  } catch (error) {
    const reason = (error as Error).message;
    throw new AwsError('ValidationException', `Invalid Schedule Expression ${expression}. Reason: ${reason}`);
  }
}

function parse(expression: string, timeZone: string): NextTime {
  const zone = openTimeZone(timeZone);
  const [, value, unit] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (unit !== undefined) {
    const everyMs = Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS];
    return (afterMs, anchorAtMs) =>
      anchorAtMs + Math.max(0, Math.floor((afterMs - anchorAtMs) / everyMs) + 1) * everyMs;
  }
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  if (fields !== undefined) return parseCron(fields, zone);

  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  const localMs = Date.parse(`${time}Z`);
  if (Number.isNaN(localMs)) throw new Error('it must be rate(…), cron(…) or at(yyyy-mm-ddThh:mm:ss)');
  const atMs = zone.findInstant(localMs);
  if (atMs === undefined) throw new Error(`the clock of ${timeZone} never shows ${time}`);
  return (afterMs) => (atMs > afterMs ? atMs : undefined);
}
