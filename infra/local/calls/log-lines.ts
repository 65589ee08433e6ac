import type { CloudWatch } from '../cloudwatch/cloudwatch';
import type { Access } from '../iam/access';
import type { LogLine, LogStream } from '../lambda/lambda';

/**
 * Writes the functions' lines into their log groups, as each function's own role may: without the permission the lines are
 * lost, as on AWS, and each of them is a denial. So is an environment that could not write one: a function that has nothing to say
 * now must be able to when it fails.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-prereqs
 */
export function openLogLines(options: {
  readonly region: string;
  readonly accountId: string;
  readonly access: Access;
  roleOf(functionName: string): string | undefined;
  readonly putLog: CloudWatch['putLog'];
}): { open(stream: LogStream): void; keep(line: LogLine): void } {
  const { region, accountId, access, roleOf, putLog } = options;
  const streams = new Set<string>();

  function assertMayWrite({ functionName, logGroupName, logStreamName }: LogStream): void {
    const roleArn = roleOf(functionName);
    if (roleArn === undefined) return;
    const principal = { kind: 'role', roleArn, sessionName: functionName } as const;
    const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`;
    if (!streams.has(resource)) access.check({ principal, action: 'logs:CreateLogStream', resource });
    streams.add(resource);
    access.check({ principal, action: 'logs:PutLogEvents', resource });
  }

  function mayWrite(stream: LogStream): boolean {
    try {
      assertMayWrite(stream);
      return true;
    } catch {
      // Nobody waits for a line to be written; the denial has been told already.
      return false;
    }
  }

  return {
    open: (stream) => void mayWrite(stream),
    keep(line) {
      if (!mayWrite(line)) return;
      const { logGroupName: logGroup, logStreamName: logStream, writtenAt: at, message } = line;
      putLog({ logGroup, logStream, at, message });
    },
  };
}
