import type { Clock } from '../clock';
import type { LogLevel } from './protocol';

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

const MAX_TAIL_BYTES = 4096;

/**
 * The log of one execution environment: passes every line on, and keeps the last 4 KB of the running invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (LogType)
 */
export class FunctionLog {
  private requestId: string | undefined;
  private kept = '';

  constructor(
    private readonly place: LogPlace,
    private readonly clock: Clock,
    private readonly onLog: (line: LogLine) => void,
  ) {}

  /** Starts the log of an invocation; what is printed from now on bears its id. */
  begin(requestId: string): void {
    this.requestId = requestId;
    this.kept = '';
    this.writePlatform(`START RequestId: ${requestId} Version: ${this.place.version}`);
  }

  write(level: LogLevel | undefined, text: string): void {
    // A structured logger writes whole documents, which the runtime must not spoil with a prefix.
    const prefix = level === undefined ? '' : `${this.time()}\t${this.requestId}\t${level}\t`;
    this.pass('function', level, text, prefix + text);
  }

  /** Writes a line of Lambda's own. */
  writePlatform(text: string): void {
    this.pass('platform', undefined, text, text);
  }

  /** Ends the log of the invocation. `report` tells the durations. */
  end(report: string): void {
    this.writePlatform(`END RequestId: ${this.requestId}`);
    this.writePlatform(`REPORT RequestId: ${this.requestId}\t${report}`);
  }

  /** The last 4 KB of the invocation in base64. */
  tail(): string {
    return Buffer.from(this.kept).subarray(-MAX_TAIL_BYTES).toString('base64');
  }

  /** The current time as it stands before a line. */
  time(): string {
    return new Date(this.clock.now()).toISOString();
  }

  private pass(source: LogLine['source'], level: LogLevel | undefined, text: string, message: string): void {
    const { functionName, logGroupName, logStreamName } = this.place;
    const writtenAt = this.clock.now();
    const { requestId } = this;
    this.onLog({ functionName, logGroupName, logStreamName, source, requestId, writtenAt, level, text, message });
    this.kept += `${message}\n`;
    // Cutting at twice the limit spares a chatty function a copy per line.
    if (this.kept.length > 2 * MAX_TAIL_BYTES) this.kept = this.kept.slice(-MAX_TAIL_BYTES);
  }
}
