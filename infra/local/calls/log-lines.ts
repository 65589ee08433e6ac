import type { CloudWatch } from '../cloudwatch/cloudwatch';
import type { Access } from '../iam/access';
import type { LogLine } from '../lambda/lambda';

/**
 * Writes the functions' lines into their log groups, as each function's own role may: without the permission the lines are
 * lost, as on AWS, and each of them is a denial.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-prereqs
 */
export function openLogLines(options: {
  readonly region: string;
  readonly accountId: string;
  readonly access: Access;
  roleOf(functionName: string): string | undefined;
  readonly putLog: CloudWatch['putLog'];
}): { keep(line: LogLine): void } {
  const { region, accountId, access, roleOf, putLog } = options;
  const streams = new Set<string>();

  function assertMayWrite({ functionName, logGroupName, logStreamName }: LogLine): void {
    const roleArn = roleOf(functionName);
    if (roleArn === undefined) return;
    const principal = { kind: 'role', roleArn, sessionName: functionName } as const;
    const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`;
    if (!streams.has(resource)) access.check({ principal, action: 'logs:CreateLogStream', resource });
    streams.add(resource);
    access.check({ principal, action: 'logs:PutLogEvents', resource });
  }

  return {
    keep(line) {
      try {
        assertMayWrite(line);
      } catch {
        // Nobody waits for a line to be written; the denial has been told already.
        return;
      }
      const { logGroupName: logGroup, logStreamName: logStream, writtenAt: at, message } = line;
      putLog({ logGroup, logStream, at, message });
    },
  };
}
