import { AwsError } from '../aws-error';
import type { Schedule } from './schedule';

interface Known {
  readonly schedule: Schedule;
  readonly createdAtMs: number;
}

/**
 * @throws {AwsError} `ResourceNotFoundException`
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
 */
export function getSchedule(all: readonly Known[], name: string, query: URLSearchParams): Record<string, unknown> {
  checkParameters(query, ['groupName']);
  const known = all.find(({ schedule }) => schedule.definition.Name === name);
  if (known === undefined) {
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
  }
  const { definition } = known.schedule;
  const dates = (['StartDate', 'EndDate'] as const).flatMap((date) => {
    const value = definition[date];
    return value === undefined ? [] : [[date, Date.parse(value) / 1000]];
  });
  return { ScheduleExpressionTimezone: 'UTC', ...definition, ...describe(known), ...Object.fromEntries(dates) };
}

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
export function listSchedules(all: readonly Known[], query: URLSearchParams): Record<string, unknown> {
  checkParameters(query, ['ScheduleGroup', 'NamePrefix', 'State', 'MaxResults', 'NextToken']);
  const [state, after] = [query.get('State'), query.get('NextToken') ?? ''];
  const limit = Number(query.get('MaxResults') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new AwsError('ValidationException', `MaxResults must be an integer from 1 to 100, got ${limit}`);
  }
  const found = all
    .map((known) => ({ ...describe(known), Target: { Arn: known.schedule.definition.Target.Arn } }))
    .filter(({ Name }) => Name.startsWith(query.get('NamePrefix') ?? '') && Name > after)
    .filter(({ State }) => state === null || State === state)
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
  const shown = found.slice(0, limit);
  return { Schedules: shown, ...(shown.length < found.length && { NextToken: shown.at(-1)?.Name }) };
}

function describe({ schedule: { definition, arn }, createdAtMs }: Known) {
  const atSeconds = createdAtMs / 1000;
  const { Name, State = 'ENABLED' } = definition;
  return { Name, Arn: arn, GroupName: 'default', State, CreationDate: atSeconds, LastModificationDate: atSeconds };
}

function checkParameters(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new AwsError('ValidationException', `the local EventBridge Scheduler has no parameter ${unknown}`);
  }
}
