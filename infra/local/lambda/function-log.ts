import type { Clock } from '../clock';
import type { FunctionErrorPayload, LogLevel } from './protocol';

/** One line of a function's log, by the function or by the platform about it. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroupName: string;
  /** One stream for each execution environment. */
  readonly logStreamName: string;
  /** `platform` for the lines of Lambda itself, such as START, END and REPORT. */
  readonly source: 'function' | 'platform';
  /** The invocation during which it was printed; `undefined` while the function was loading. */
  readonly requestId: string | undefined;
  /** Epoch milliseconds of the local cloud's clock. */
  readonly writtenAt: number;
  /** `undefined` for what was written straight to stdout or stderr, and for the platform's lines. */
  readonly level: LogLevel | undefined;
  /** What was printed. */
  readonly text: string;
  /** The line as CloudWatch Logs keeps it: with time, request id and level if it was printed by the console. */
  readonly message: string;
}

/** Where the lines of an execution environment go. */
export type LogPlace = Pick<LogLine, 'functionName' | 'logGroupName' | 'logStreamName'> & {
  readonly version: string;
};

/** What the REPORT line of an invocation tells. */
interface InvocationReport {
  readonly durationMs: number;
  /** Absent unless the environment was made for this invocation. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
}

/**
 * The log of one execution environment: passes every line on, with what the platform says about each invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export class FunctionLog {
  private requestId: string | undefined;

  constructor(
    private readonly place: LogPlace,
    private readonly clock: Clock,
    private readonly onLog: (line: LogLine) => void,
  ) {}

  /** Starts the log of an invocation; what is printed from now on bears its id. */
  begin(requestId: string): void {
    this.requestId = requestId;
    this.writePlatform(`START RequestId: ${requestId} Version: ${this.place.version}`);
  }

  write(level: LogLevel | undefined, text: string): void {
    // A structured logger writes whole documents, which the runtime must not spoil with a prefix.
    const prefix = level === undefined ? '' : `${this.time()}\t${this.requestId}\t${level}\t`;
    this.pass('function', level, text, prefix + text);
  }

  /** Writes a line of Lambda's own. */
  private writePlatform(text: string): void {
    this.pass('platform', undefined, text, text);
  }

  /** Writes how the invocation failed; `payload` is the error as a document. */
  writeFailure({ errorType, errorMessage }: FunctionErrorPayload, payload: string): void {
    if (errorType === 'Sandbox.Timedout') {
      this.writePlatform(`${this.time()} ${this.requestId} ${errorMessage.replace(/^.* Error: /, '')}`);
    } else this.write('ERROR', `Invoke Error\t${payload}`);
  }

  /**
   * Ends the log of the invocation. Billed is every begun millisecond, those of loading included.
   *
   * @see https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
   */
  end({ durationMs, initMs, memoryMb }: InvocationReport): void {
    this.writePlatform(`END RequestId: ${this.requestId}`);
    const report = [
      `REPORT RequestId: ${this.requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.max(1, Math.ceil(durationMs + (initMs ?? 0)))} ms`,
      `Memory Size: ${memoryMb} MB`,
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ];
    this.writePlatform(report.join('\t'));
  }

  /** The current time as it stands before a line. */
  private time(): string {
    return new Date(this.clock.now()).toISOString();
  }

  private pass(source: LogLine['source'], level: LogLevel | undefined, text: string, message: string): void {
    const { functionName, logGroupName, logStreamName } = this.place;
    const writtenAt = this.clock.now();
    const { requestId } = this;
    this.onLog({ functionName, logGroupName, logStreamName, source, requestId, writtenAt, level, text, message });
  }
}
