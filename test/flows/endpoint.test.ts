import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemblyDirectory, PROBE } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { tableRows } from '../support/markdown';

let system: LocalSystem;
beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory(PROBE) });
});
afterAll(() => system.close());

const documented = new Map(
  tableRows(readFileSync(join(__dirname, '../../docs/local-cloud.md'), 'utf8'), 'service').map(
    ([service = '', operations = '']) => [service, operations.split(' ')],
  ),
);

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

const json = (prefix: string) => (operation: string) =>
  fetch(system.awsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${prefix}.${operation}` },
    body: '{}',
  });

const query = (service: string) => (operation: string) =>
  fetch(system.awsUrl, {
    method: 'POST',
    headers: signedFor(service),
    body: new URLSearchParams({ Action: operation }),
  });

/** How the operations of each service are called. */
const CALLS: Readonly<Record<string, (operation: string) => Promise<Response>>> = {
  CloudFormation: query('cloudformation'),
  CloudWatch: json('GraniteServiceVersion20100801'),
  'CloudWatch Logs': json('Logs_20140328'),
  DynamoDB: json('DynamoDB_20120810'),
  'DynamoDB Streams': json('DynamoDBStreams_20120810'),
  EventBridge: json('AWSEvents'),
  'Secrets Manager': json('secretsmanager'),
  SQS: json('AmazonSQS'),
  'Step Functions': json('AWSStepFunctions'),
  STS: query('sts'),
};

/** What a service says of an operation that it does not have. */
const UNKNOWN = /UnknownOperation|UnsupportedOperation|InvalidAction/;

/** Operations of the same services that AWS has and the local cloud has not: what it has comes from the templates. */
const REFUSED = [
  ['CloudFormation', 'CreateStack'],
  ['CloudWatch', 'PutMetricAlarm'],
  ['CloudWatch Logs', 'PutLogEvents'],
  ['DynamoDB', 'CreateTable'],
  ['DynamoDB', 'ExecuteStatement'],
  ['EventBridge', 'PutRule'],
  ['Secrets Manager', 'RotateSecret'],
  ['SQS', 'CreateQueue'],
  ['Step Functions', 'CreateStateMachine'],
  ['STS', 'AssumeRole'],
] as const;

describe('the AWS endpoint', () => {
  const served = [...documented].flatMap(([service, operations]) =>
    service in CALLS ? operations.map((operation) => [service, operation] as const) : [],
  );

  it.each(served)('of %s serves %s, as documented', async (service, operation) => {
    expect(await (await CALLS[service]?.(operation))?.text()).not.toMatch(UNKNOWN);
  });

  it.each(REFUSED)('of %s refuses %s by name', async (service, operation) => {
    const answer = await CALLS[service]?.(operation);

    expect(answer?.ok).toBe(false);
    const text = await answer?.text();
    expect(text).toMatch(UNKNOWN);
    expect(text).toContain(operation);
  });

  it.each([
    ['Lambda', '/2015-03-31/functions/'],
    ['Lambda', '/2015-03-31/functions/probe-worker'],
    ['EventBridge Scheduler', '/schedules'],
    ['EventBridge Scheduler', '/schedules/probe-tick'],
  ])('of %s answers at %s', async (service, path) => {
    expect((await fetch(system.awsUrl + path)).status).toBe(200);
    expect(documented.has(service)).toBe(true);
  });

  it('puts a request id on every answer, and an AWS error into its envelope', async () => {
    const answer = await json('AmazonSQS')('ReceiveMessage');

    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.json()).toMatchObject({ __type: expect.stringContaining('#'), message: expect.any(String) });
  });
});
