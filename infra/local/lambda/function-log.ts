import type { Clock } from '../clock';
import type { FormattedLine, InvocationReport, LogFormat } from './log-format';
import type { LogLevel, PrintedLine } from './protocol';

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
  /** The line as CloudWatch Logs keeps it: with time, request id and level if it was printed by the console, or in JSON. */
  readonly message: string;
}

/** Where the lines of an execution environment go. */
export type LogStream = Pick<LogLine, 'functionName' | 'logGroupName' | 'logStreamName'>;

/** The same, with the version of the function. */
export type LogPlace = LogStream & { readonly version: string };

/** The log of one execution environment: passes every line on, with what the platform says about each invocation. */
export class FunctionLog {
  private requestId: string | undefined;

  constructor(
    private readonly place: LogPlace,
    private readonly clock: Clock,
    private readonly format: LogFormat,
    private readonly onLog: (line: LogLine) => void,
  ) {}

  /** Starts the log of an invocation; what is printed from now on bears its id. */
  begin(requestId: string): void {
    this.requestId = requestId;
    this.pass(this.format.start(this.moment(), this.place.version));
  }

  write(printed: PrintedLine): void {
    this.pass(this.format.print(this.moment(), printed));
  }

  /** Ends the log of the invocation. */
  end(report: InvocationReport): void {
    this.pass(this.format.end(this.moment(), report));
  }

  private moment() {
    return { time: new Date(this.clock.now()).toISOString(), requestId: this.requestId };
  }

  private pass(lines: readonly FormattedLine[]): void {
    const { functionName, logGroupName, logStreamName } = this.place;
    const writtenAt = this.clock.now();
    const { requestId } = this;
    for (const line of lines) this.onLog({ functionName, logGroupName, logStreamName, requestId, writtenAt, ...line });
  }
}
