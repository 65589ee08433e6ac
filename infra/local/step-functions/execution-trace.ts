import { createHash } from 'node:crypto';
import { inSpan, type SpanStatus, toTraceHeader } from '../tracing';
import type { State } from './definition';
import type { ExecutionRun } from './execution-run';
import type { ExecutionRecord } from './journal';

/** The spans of one execution. */
export interface ExecutionTrace {
  /** `X-Amzn-Trace-Id` for what is called right now. */
  within(): { traceHeader?: string };
  /** A Task state is a span of its own. */
  inState<T>(state: State, name: string, run: () => Promise<T>): Promise<T>;
  end(status: SpanStatus): void;
}

const UNTRACED: ExecutionTrace = { within: () => ({}), inState: (_state, _name, run) => run(), end: () => undefined };

const SERVICE = 'step-functions';

/**
 * Begins the spans of an execution of a machine with tracing. Its own has the same id whenever the execution goes on after a
 * restart, so that what was recorded below it still is.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
 */
export function openExecutionTrace({ record, machine, sources }: ExecutionRun): ExecutionTrace {
  if (machine.isTraced !== true) return UNTRACED;
  const { executionArn, name, startedAtMs, redrivenAtMs, redriveCount = 0 } = record;
  const execution = sources.beginSpan({
    name: machine.name,
    service: SERVICE,
    kind: 'server',
    traceHeader: record.traceHeader ?? ownTrace(record),
    startedAt: redrivenAtMs ?? startedAtMs,
    spanId: digest(`${executionArn} ${redriveCount}`).slice(0, 16),
    annotations: { execution: name },
  });
  let { traceHeader } = execution;
  return {
    within: () => ({ traceHeader }),
    async inState(state, stateName, run) {
      if (state.Type !== 'Task') return run();
      const opening = { name: stateName, service: SERVICE, kind: 'internal', traceHeader: execution.traceHeader };
      const task = sources.beginSpan(opening);
      traceHeader = task.traceHeader;
      return inSpan(task, run);
    },
    end: (status) => execution.end(status),
  };
}

/** The trace of an execution that was started without one. */
function ownTrace({ executionArn, startedAtMs }: ExecutionRecord): string {
  const seconds = Math.floor(startedAtMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return toTraceHeader({ traceId: seconds + digest(executionArn).slice(0, 24), isSampled: true });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
