/** What a new execution environment is told before it loads its function. */
export interface EnvironmentSetup {
  /** One 32-bit word: the environment sleeps on it while it is 0, and wakes to take its next invocation. */
  readonly wakeSignal: SharedArrayBuffer;
  /** One signed 64-bit word: the milliseconds by which the local cloud's clock is ahead of the computer's. */
  readonly clockOffset: SharedArrayBuffer;
  /** Absolute path of the file that holds the handler. */
  readonly handlerFile: string;
  /** The handler as the template names it, such as `index.handler`. */
  readonly handler: string;
}

/** One event for an execution environment. */
export interface InvocationMessage {
  readonly requestId: string;
  readonly payload: string;
  /** When the function's timeout ends, in epoch milliseconds of the local cloud's clock. */
  readonly deadlineAt: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
}

/**
 * What an execution environment says to the room. After a fatal error it is of no further use; `exit` announces that the
 * function itself ends its process.
 */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly payload: string }
  | { readonly type: 'error'; readonly error: FunctionErrorPayload; readonly isFatal: boolean }
  | { readonly type: 'log'; readonly line: PrintedLine }
  | { readonly type: 'exit'; readonly code: number };

/** What a function has printed. */
export interface PrintedLine {
  readonly level: LogLevel | undefined;
  readonly text: string;
  /** In the JSON format, for a console method: the members that stand beside time, level and request id, as a JSON object. */
  readonly body?: string;
}

/** The level of a console method. A line written straight to stdout or stderr has none. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** The payload that a caller gets when a function fails. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
