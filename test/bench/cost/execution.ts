/** An event of an execution, from its history or its log. */
export interface ExecutionEvent {
  /** Such as `TaskStateEntered`. */
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What AWS bills of one execution. */
export interface Execution {
  /** Of a Standard execution: states entered, attempts after the first, and the start. */
  readonly transitions: number;
  /** Of an Express execution: its duration in begun tenths of a second, times its memory. */
  readonly gbSeconds: number;
}

/**
 * Memory of an Express execution is billed in chunks of 64 MB, and depends on the definition, the data, and parallel branches. Ours
 * have a definition of some kilobytes, data of less, and no branches: one chunk.
 *
 * @see https://aws.amazon.com/step-functions/pricing/
 */
const MEMORY_GB = 64 / 1024;

const END = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/** Whether the last event is the end of the execution. */
export function hasEnded(events: readonly ExecutionEvent[]): boolean {
  return END.test(events.at(-1)?.type ?? '');
}

/**
 * What an execution that has ended is billed for. AWS counts a transition each time a state is executed, each retry included. Its
 * page does not say whether the start and the end are transitions too; here the start is one and the end is none.
 *
 * @see https://aws.amazon.com/step-functions/pricing/
 */
export function toExecution(events: readonly ExecutionEvent[]): Execution {
  const count = (pattern: RegExp) => events.filter(({ type }) => pattern.test(type)).length;
  const retries = count(/^TaskScheduled$/) - count(/^TaskStateEntered$/);
  const durationMs = (events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0);
  return {
    transitions: 1 + count(/StateEntered$/) + Math.max(0, retries),
    gbSeconds: (Math.max(1, Math.ceil(durationMs / 100)) / 10) * MEMORY_GB,
  };
}
