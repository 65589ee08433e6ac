import type { FunctionErrorPayload, LogLevel, PrintedLine } from './protocol';

/** When a line is written, and for which invocation; `requestId` is `undefined` while the function is loading. */
export interface LogMoment {
  /** ISO 8601, in milliseconds. */
  readonly time: string;
  readonly requestId: string | undefined;
}

/** A line as it goes to the log: see `LogLine`. */
export interface FormattedLine {
  readonly source: 'function' | 'platform';
  readonly level: LogLevel | undefined;
  readonly text: string;
  readonly message: string;
}

/** What is known of an invocation when it has ended. */
export interface InvocationReport {
  readonly durationMs: number;
  readonly billedMs: number;
  /** Absent unless the environment was made for this invocation. */
  readonly initMs?: number;
  readonly memoryMb: number;
  /** The answer, or the error as a document. */
  readonly payload: string;
  /** How it failed. `isFatal`: the environment ended with it, as it does not when a handler throws. */
  readonly failure?: { readonly error: FunctionErrorPayload; readonly isFatal: boolean };
}

/** The lines that Lambda writes in one of its log formats, in their order; none for what the function's log levels leave out. */
export interface LogFormat {
  start(moment: LogMoment, version: string): readonly FormattedLine[];
  print(moment: LogMoment, printed: PrintedLine): readonly FormattedLine[];
  end(moment: LogMoment, report: InvocationReport): readonly FormattedLine[];
}

/** The error of an invocation that its timeout has ended. */
export const TIMED_OUT = 'Sandbox.Timedout';

export function platformLine(message: string): FormattedLine {
  return { source: 'platform', level: undefined, text: message, message };
}
