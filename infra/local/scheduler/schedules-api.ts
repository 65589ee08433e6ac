import { AwsError } from '../aws-error';
import type { Schedule } from './schedule';

/**
 * Answers GetSchedule and ListSchedules.
 *
 * @throws {AwsError} `ResourceNotFoundException`; `UnknownOperationException` for all else
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 */
export function answerSchedulesApi(
  schedules: ReadonlyMap<string, Schedule>,
  { method, path, query }: { method: string; path: string; query: URLSearchParams },
): object {
  const [, root, name, ...more] = path.split('/');
  const known = name ? ['groupName'] : ['ScheduleGroup', 'NamePrefix', 'State'];
  const unknown = [...query.keys()].find((parameter) => !known.includes(parameter));
  if (method !== 'GET' || root !== 'schedules' || more.length > 0 || unknown !== undefined) {
    const asked = `${method} ${path}${unknown === undefined ? '' : ` with ${unknown}`}`;
    const message = `the local EventBridge Scheduler has no ${asked}; it has GET /schedules and GET /schedules/{name}`;
    throw new AwsError('UnknownOperationException', message, 404);
  }
  if (name) return getSchedule(schedules, decodeURIComponent(name));
  const [prefix, state] = [query.get('NamePrefix') ?? '', query.get('State')];
  const shown = [...schedules.values()].map((schedule) => ({
    ...describe(schedule),
    Target: { Arn: schedule.definition.Target.Arn },
  }));
  return {
    Schedules: shown.filter(({ Name, State }) => Name.startsWith(prefix) && (state === null || state === State)),
  };
}

function getSchedule(schedules: ReadonlyMap<string, Schedule>, name: string): object {
  const schedule = schedules.get(name);
  if (schedule === undefined) {
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
  }
  const { StartDate, EndDate, ...definition } = schedule.definition;
  return {
    ScheduleExpressionTimezone: 'UTC',
    ...definition,
    ...describe(schedule),
    ...(StartDate && { StartDate: Date.parse(StartDate) / 1000 }),
    ...(EndDate && { EndDate: Date.parse(EndDate) / 1000 }),
  };
}

function describe({ definition: { Name, State = 'ENABLED' }, arn, createdAtMs }: Schedule) {
  const atSeconds = createdAtMs / 1000;
  return { Name, Arn: arn, GroupName: 'default', State, CreationDate: atSeconds, LastModificationDate: atSeconds };
}
