/** A line of a log group. */
export interface TailedLine {
  readonly logGroup: string;
  readonly message: string;
}

/** The local cloud keeps the last lines of a group only, so they are read as they come. Functions' groups are left out. */
export class LogTail {
  private readonly seen = new Set<string>();
  private startTime = 0;

  constructor(private readonly awsUrl: string) {}

  /** The lines that have come since the last call. */
  async read(): Promise<TailedLine[]> {
    const { logGroups } = await this.call('DescribeLogGroups', {});
    const groups = (logGroups as Array<{ logGroupName: string }>).map(({ logGroupName }) => logGroupName);
    const lines: TailedLine[] = [];
    let latest = this.startTime;
    for (const logGroup of groups.filter((name) => !name.startsWith('/aws/lambda/'))) {
      const { events } = await this.call('FilterLogEvents', { logGroupName: logGroup, startTime: this.startTime });
      for (const { eventId, timestamp, message } of events as LogEvent[]) {
        latest = Math.max(latest, timestamp);
        if (this.seen.has(eventId)) continue;
        this.seen.add(eventId);
        lines.push({ logGroup, message });
      }
    }
    // A line may still be written with an instant that has passed.
    this.startTime = Math.max(this.startTime, latest - 5_000);
    return lines;
  }

  private async call(operation: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(this.awsUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<Record<string, unknown>>;
  }
}

interface LogEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}
