import { toTimestamp } from '../../../lib/clock';
import type { ExecutionEvent } from '../../../lib/saga/aws-execution-history';
import { pivotOf, undoOf } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';

/** One command of a saga and what became of it, as `GET /ops/sagas/{orderId}` shows it. */
export interface TimelineEntry {
  readonly name: string;
  /** `undo`: it undoes a step, or settles the pivot before anything is undone. */
  readonly kind: 'step' | 'undo';
  /** `refused`: the business said no, which is never repeated. `failed`: its repeats are used up, or the execution ended. */
  readonly status: 'succeeded' | 'failed' | 'refused' | 'running';
  readonly attempts: number;
  /** Name of the last error, where it is known; a running one may have failed before. */
  readonly error?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

/** One visit of a Task state, while its events are gone through. */
interface Visit {
  readonly name: string;
  readonly startedAt: number;
  attempts: number;
  hasFailed: boolean;
  error?: string | undefined;
  endedAt?: number;
  /** It was not left: the execution ended. A redrive goes on with it. */
  wasCutShort?: true;
}

const SCHEDULED = /^(Task|LambdaFunction)Scheduled$/;
const FAILED = /^((Task|LambdaFunction)(Start|Submit|Schedule)?(Failed|TimedOut)|EvaluationFailed)$/;
const EXECUTION_ENDED = /^Execution(Failed|TimedOut|Aborted)$/;

/**
 * What an execution of a saga did, command by command, oldest first. A command that several visits of its state ran is shown as
 * often. A log need not be complete: a state whose leaving is missing was left when the next one was entered.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export function toTimeline(saga: Saga, events: readonly ExecutionEvent[]): TimelineEntry[] {
  const visits: Visit[] = [];
  for (const event of events) observe(visits, event);
  const undos = undosOf(saga);
  return visits.map((visit) => toEntry(visit, undos.has(visit.name) ? 'undo' : 'step', refusalsOf(saga, visit.name)));
}

function observe(visits: Visit[], { type, at, name = '', error }: ExecutionEvent): void {
  const last = visits.at(-1);
  const open = last?.endedAt === undefined ? last : undefined;
  if (type.endsWith('StateEntered')) {
    if (open) open.endedAt = at;
    if (type === 'TaskStateEntered') visits.push({ name, startedAt: at, attempts: 0, hasFailed: false });
  } else if (SCHEDULED.test(type)) {
    if (last && (open || last.wasCutShort)) goOn(last);
  } else if (open) {
    if (FAILED.test(type)) Object.assign(open, { hasFailed: true, error });
    if (type === 'TaskStateExited') open.endedAt = at;
    if (EXECUTION_ENDED.test(type)) {
      Object.assign(open, { hasFailed: true, error: open.error ?? error, endedAt: at, wasCutShort: true });
    }
  }
}

/** Another attempt. The error of the one before is kept, to be shown until this one has ended. */
function goOn(visit: Visit): void {
  visit.attempts += 1;
  visit.hasFailed = false;
  delete visit.endedAt;
  delete visit.wasCutShort;
}

function toEntry(visit: Visit, kind: TimelineEntry['kind'], refusals: readonly string[]): TimelineEntry {
  const { name, attempts, hasFailed, error, startedAt, endedAt } = visit;
  const failed = error !== undefined && refusals.includes(error) ? 'refused' : 'failed';
  const ended = hasFailed ? failed : 'succeeded';
  const isRunning = endedAt === undefined;
  return {
    name,
    kind,
    status: isRunning ? 'running' : ended,
    attempts,
    ...(error !== undefined && (isRunning || hasFailed) && { error }),
    startedAt: toTimestamp(startedAt),
    ...(!isRunning && { endedAt: toTimestamp(endedAt) }),
  };
}

/** The names of what undoes a row or settles the pivot. */
function undosOf(saga: Saga): Set<string> {
  const undos = saga.rows.flatMap((row) => undoOf(row) ?? []);
  return new Set([...undos, pivotOf(saga).abandon].map(({ step }) => step.name));
}

/** The errors by which the business refuses a step. */
function refusalsOf(saga: Saga, name: string): string[] {
  return Object.keys(saga.rows.find(({ step }) => step.name === name)?.refusals ?? {});
}
