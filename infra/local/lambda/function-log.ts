import type { Clock } from '../clock';
import type { LogLevel } from './protocol';

/** One line that a function printed, or that the runtime printed about it. */
export interface LogLine {
  readonly functionName: string;
  /** The invocation during which it was printed; `undefined` while the function was loading. */
  readonly requestId: string | undefined;
  /** Epoch milliseconds of the local cloud's clock. */
  readonly writtenAt: number;
  /** `undefined` for what was written straight to stdout or stderr. */
  readonly level: LogLevel | undefined;
  readonly text: string;
}

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
    private readonly functionName: string,
    private readonly clock: Clock,
    private readonly onLog: (line: LogLine) => void,
  ) {}

  /** Starts the log of an invocation; what is printed from now on bears its id. */
  begin(requestId: string): void {
    this.requestId = requestId;
    this.kept = '';
    this.keep(`START RequestId: ${requestId} Version: $LATEST`);
  }

  write(level: LogLevel | undefined, text: string): void {
    const writtenAt = this.clock.now();
    const { functionName, requestId } = this;
    this.onLog({ functionName, requestId, writtenAt, level, text });
    // A structured logger writes whole documents, which the runtime must not spoil with a prefix.
    const prefix = level === undefined ? '' : `${new Date(writtenAt).toISOString()}\t${requestId}\t${level}\t`;
    this.keep(prefix + text);
  }

  /** Ends the log of the invocation and returns the last 4 KB of it in base64. `report` tells the durations. */
  end(report: string): string {
    this.keep(`END RequestId: ${this.requestId}`);
    this.keep(`REPORT RequestId: ${this.requestId}\t${report}`);
    return Buffer.from(this.kept).subarray(-MAX_TAIL_BYTES).toString('base64');
  }

  private keep(line: string): void {
    this.kept += `${line}\n`;
    // Cutting at twice the limit spares a chatty function a copy per line.
    if (this.kept.length > 2 * MAX_TAIL_BYTES) this.kept = this.kept.slice(-MAX_TAIL_BYTES);
  }
}
