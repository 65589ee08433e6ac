import { functionUrlNeeds, needsOf, restNeedsOf } from '../../../../infra/local/iam/needs';

const HERE = 'us-east-1:123456789012';
const TABLE = `arn:aws:dynamodb:${HERE}:table/orders`;
const STREAM = `${TABLE}/stream/2025-01-01T00:00:00.000`;
const MACHINE = `arn:aws:states:${HERE}:stateMachine:saga`;
const EXECUTION = `arn:aws:states:${HERE}:execution:saga:one`;
const FUNCTION = `arn:aws:lambda:${HERE}:function:f`;
const LOG = `arn:aws:logs:${HERE}:log-group:/a/b`;
const SECRET = `arn:aws:secretsmanager:${HERE}:secret:key-AbCdEf`;
const queue = (name: string) => `arn:aws:sqs:${HERE}:${name}`;
const events = (name: string) => `arn:aws:events:${HERE}:${name}`;

const sources = {
  region: 'us-east-1',
  accountId: '123456789012',
  secretArn: (id: string) => (id === 'key' ? SECRET : id),
  streamArnOf: (iterator: string) => (iterator === 'iterator' ? STREAM : ''),
  partitionKeyOf: (table: string, index?: string) =>
    index === undefined ? ({ orders: 'id', [TABLE]: 'id', books: 'book' }[table] as string | undefined) : 'day',
  sourceQueueArns: () => [queue('jobs'), queue('mails')],
};

const QueueUrl = 'http://127.0.0.1:4566/123456789012/jobs';
const TableName = 'orders';
const redriving = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
const redrive = redriving.map((action) => `sqs:${action} ${queue('failed')}`);

/** The needs as `<action> <resource>`. */
function linesOf(needs: Array<{ action: string; resource: string }>): string[] {
  return needs.map(({ action, resource }) => `${action} ${resource}`);
}

describe('what a call needs', () => {
  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
  it.each<[string, object, string[]]>([
    ['GetItem', { TableName }, [`dynamodb:GetItem ${TABLE}`]],
    ['GetItem', { TableName: TABLE }, [`dynamodb:GetItem ${TABLE}`]],
    ['PutItem', { TableName }, [`dynamodb:PutItem ${TABLE}`]],
    ['UpdateItem', { TableName }, [`dynamodb:UpdateItem ${TABLE}`]],
    ['DeleteItem', { TableName }, [`dynamodb:DeleteItem ${TABLE}`]],
    ['DescribeTable', { TableName }, [`dynamodb:DescribeTable ${TABLE}`]],
    ['DescribeTimeToLive', { TableName }, [`dynamodb:DescribeTimeToLive ${TABLE}`]],
    ['Query', { TableName }, [`dynamodb:Query ${TABLE}`]],
    ['Query', { TableName, IndexName: 'byDay' }, [`dynamodb:Query ${TABLE}/index/byDay`]],
    ['Scan', { TableName: TABLE, IndexName: 'byDay' }, [`dynamodb:Scan ${TABLE}/index/byDay`]],
    [
      'BatchGetItem',
      { RequestItems: { orders: {}, a: {} } },
      [`dynamodb:BatchGetItem ${TABLE}`, `dynamodb:BatchGetItem arn:aws:dynamodb:${HERE}:table/a`],
    ],
    ['BatchWriteItem', { RequestItems: { orders: [] } }, [`dynamodb:BatchWriteItem ${TABLE}`]],
    [
      'TransactGetItems',
      { TransactItems: [{ Get: { TableName } }, { Get: { TableName } }] },
      [`dynamodb:GetItem ${TABLE}`],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName } },
          { Update: { TableName } },
          { Delete: { TableName } },
          { ConditionCheck: { TableName } },
          { Put: { TableName } },
        ],
      },
      ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map((action) => `dynamodb:${action} ${TABLE}`),
    ],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    // Its service refuses a request that does not say what it is about.
    ['Query', { IndexName: 'byDay' }, []],
    ['TransactWriteItems', { TransactItems: [{ Put: null }, null, 'x'] }, []],
    ['BatchGetItem', {}, []],
  ])('DynamoDB %s %j', (operation, body, expected) => {
    expect(linesOf(needsOf('DynamoDB_20120810', operation, { ...body }, sources))).toEqual(expected);
  });

  it.each<[string, object, string[]]>([
    ['ListStreams', { TableName }, ['dynamodb:ListStreams *']],
    ['DescribeStream', { StreamArn: STREAM }, [`dynamodb:DescribeStream ${STREAM}`]],
    ['GetShardIterator', { StreamArn: STREAM }, [`dynamodb:GetShardIterator ${STREAM}`]],
    ['GetRecords', { ShardIterator: 'iterator' }, [`dynamodb:GetRecords ${STREAM}`]],
    ['GetRecords', { ShardIterator: 'other' }, []],
  ])('DynamoDB streams %s %j', (operation, body, expected) => {
    expect(linesOf(needsOf('DynamoDBStreams_20120810', operation, { ...body }, sources))).toEqual(expected);
  });

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
  it.each<[string, string]>([
    ['StartExecution', MACHINE],
    ['StartSyncExecution', MACHINE],
    ['ListExecutions', MACHINE],
    ['DescribeStateMachine', MACHINE],
    ['DescribeExecution', EXECUTION],
    ['GetExecutionHistory', EXECUTION],
    ['StopExecution', EXECUTION],
    ['RedriveExecution', EXECUTION],
    ['ListStateMachines', '*'],
  ])('Step Functions %s', (operation, resource) => {
    const body = { stateMachineArn: MACHINE, executionArn: EXECUTION };

    expect(needsOf('AWSStepFunctions', operation, body, sources)).toEqual([
      { action: `states:${operation}`, resource },
    ]);
  });

  // As a denial of AWS names it: https://github.com/prowler-cloud/prowler/pull/37
  it.each([
    [{ logGroupName: '/a/b' }, [`logs:FilterLogEvents ${LOG}:log-stream:`]],
    [{ logGroupIdentifier: LOG }, [`logs:FilterLogEvents ${LOG}:log-stream:`]],
    [{ logGroupIdentifier: `${LOG}:*` }, [`logs:FilterLogEvents ${LOG}:log-stream:`]],
    [{}, []],
  ])('CloudWatch Logs FilterLogEvents %j', (body, expected) => {
    expect(linesOf(needsOf('Logs_20140328', 'FilterLogEvents', body, sources))).toEqual(expected);
  });

  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
  it.each<[string, object, string[]]>([
    ['SendMessage', { QueueUrl }, [`sqs:SendMessage ${queue('jobs')}`]],
    ['SendMessageBatch', { QueueUrl }, [`sqs:SendMessage ${queue('jobs')}`]],
    ['ReceiveMessage', { QueueUrl }, [`sqs:ReceiveMessage ${queue('jobs')}`]],
    ['DeleteMessage', { QueueUrl }, [`sqs:DeleteMessage ${queue('jobs')}`]],
    ['DeleteMessageBatch', { QueueUrl }, [`sqs:DeleteMessage ${queue('jobs')}`]],
    ['ChangeMessageVisibility', { QueueUrl }, [`sqs:ChangeMessageVisibility ${queue('jobs')}`]],
    ['ChangeMessageVisibilityBatch', { QueueUrl }, [`sqs:ChangeMessageVisibility ${queue('jobs')}`]],
    ['GetQueueAttributes', { QueueUrl }, [`sqs:GetQueueAttributes ${queue('jobs')}`]],
    ['GetQueueUrl', { QueueName: 'jobs' }, [`sqs:GetQueueUrl ${queue('jobs')}`]],
    ['ListQueues', {}, ['sqs:ListQueues *']],
    [
      'StartMessageMoveTask',
      { SourceArn: queue('failed'), DestinationArn: queue('jobs') },
      [...redrive, `sqs:SendMessage ${queue('jobs')}`],
    ],
    [
      'StartMessageMoveTask',
      { SourceArn: queue('failed') },
      [...redrive, `sqs:SendMessage ${queue('jobs')}`, `sqs:SendMessage ${queue('mails')}`],
    ],
    [
      'ListMessageMoveTasks',
      { SourceArn: queue('failed') },
      [`sqs:ListMessageMoveTasks ${queue('failed')}`, ...redrive.slice(1)],
    ],
    ['SendMessage', {}, []],
  ])('SQS %s %j', (operation, body, expected) => {
    expect(linesOf(needsOf('AmazonSQS', operation, { ...body }, sources))).toEqual(expected);
  });

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
  it.each<[string, object, string[]]>([
    [
      'StartReplay',
      { ReplayName: 'r', EventSourceArn: events('archive/a'), Destination: { Arn: events('event-bus/b') } },
      ['replay/r', 'archive/a', 'event-bus/b'].map((name) => `events:StartReplay ${events(name)}`),
    ],
    ['DescribeReplay', { ReplayName: 'r' }, [`events:DescribeReplay ${events('replay/r')}`]],
    ['CancelReplay', { ReplayName: 'r' }, [`events:CancelReplay ${events('replay/r')}`]],
    ['DescribeArchive', { ArchiveName: 'a' }, [`events:DescribeArchive ${events('archive/a')}`]],
    ['ListReplays', {}, ['events:ListReplays *']],
    ['ListRules', {}, ['events:ListRules *']],
  ])('EventBridge %s', (operation, body, expected) => {
    expect(linesOf(needsOf('AWSEvents', operation, { ...body }, sources))).toEqual(expected);
  });

  it('EventBridge PutEvents: each bus, with each source and type', () => {
    const entry = { Source: 'orders', DetailType: 'OrderPlaced' };
    const Entries = [entry, { ...entry, EventBusName: 'b' }, entry, { ...entry, EventBusName: events('event-bus/b') }];

    const context = { 'events:source': 'orders', 'events:detail-type': 'OrderPlaced' };
    expect(needsOf('AWSEvents', 'PutEvents', { Entries: [...Entries, { ...entry, Source: 'x' }] }, sources)).toEqual([
      { action: 'events:PutEvents', resource: events('event-bus/default'), context },
      { action: 'events:PutEvents', resource: events('event-bus/b'), context },
      {
        action: 'events:PutEvents',
        resource: events('event-bus/default'),
        context: { ...context, 'events:source': 'x' },
      },
    ]);
  });

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
  it.each<[string, string, string]>([
    ['GetSecretValue', 'key', SECRET],
    ['GetSecretValue', SECRET, SECRET],
    ['PutSecretValue', 'key', SECRET],
    ['GetSecretValue', 'unknown', 'unknown'],
    ['ListSecrets', 'key', '*'],
  ])('Secrets Manager %s of %s', (operation, SecretId, resource) => {
    const action = `secretsmanager:${operation}`;

    expect(needsOf('secretsmanager', operation, { SecretId }, sources)).toEqual([{ action, resource }]);
  });

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
  it.each<[string, object, string]>([
    ['DescribeStacks', {}, '*'],
    ['DescribeStacks', { StackName: 'shop' }, `arn:aws:cloudformation:${HERE}:stack/shop/*`],
    [
      'DescribeStacks',
      { StackName: `arn:aws:cloudformation:${HERE}:stack/a/1` },
      `arn:aws:cloudformation:${HERE}:stack/a/1`,
    ],
    ['ListStackResources', { StackName: 'shop' }, `arn:aws:cloudformation:${HERE}:stack/shop/*`],
    ['DescribeStackResources', { StackName: 'shop' }, `arn:aws:cloudformation:${HERE}:stack/shop/*`],
    ['ListStacks', {}, '*'],
  ])('CloudFormation %s %j', (operation, body, resource) => {
    const needs = needsOf('cloudformation', operation, { ...body }, sources);

    expect(needs).toEqual([{ action: `cloudformation:${operation}`, resource }]);
  });

  it('nothing to ask who one is', () => {
    expect(needsOf('sts', 'GetCallerIdentity', {}, sources)).toEqual([]);
  });

  it.each([
    ['DynamoDB_20120810', 'CreateTable'],
    ['DynamoDB_20120810', 'constructor'],
    ['AmazonSSM', 'GetParameter'],
    ['toString', 'call'],
  ])('is refused when it is not known: %s %s', (service, operation) => {
    expect(() => needsOf(service, operation, {}, sources)).toThrow(`${service}.${operation}, so no role may call it`);
  });
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
describe('what a call of Lambda needs', () => {
  const PATH = '/2015-03-31/functions';

  it.each<[string, string, string, string]>([
    ['POST', `${PATH}/f/invocations`, '', `lambda:InvokeFunction ${FUNCTION}`],
    ['POST', `${PATH}/f/invocations`, 'Qualifier=live', `lambda:InvokeFunction ${FUNCTION}:live`],
    ['POST', `${PATH}/f%3Alive/invocations`, '', `lambda:InvokeFunction ${FUNCTION}:live`],
    ['POST', `${PATH}/${encodeURIComponent(FUNCTION)}/invocations`, '', `lambda:InvokeFunction ${FUNCTION}`],
    ['POST', `${PATH}/123456789012%3Afunction%3Af/invocations`, '', `lambda:InvokeFunction ${FUNCTION}`],
    ['GET', `${PATH}/f`, '', `lambda:GetFunction ${FUNCTION}`],
    ['GET', PATH, '', 'lambda:ListFunctions *'],
    ['GET', `${PATH}/`, 'MaxItems=3', 'lambda:ListFunctions *'],
  ])('%s %s?%s', (method, path, rawQuery, expected) => {
    expect(linesOf(restNeedsOf({ method, path, rawQuery }, sources))).toEqual([expected]);
  });

  it.each([
    ['DELETE', `${PATH}/f`],
    ['POST', PATH],
    ['GET', `${PATH}/f/invocations`],
    ['GET', `${PATH}/f/policy`],
  ])('is refused when it is not known: %s %s', (method, path) => {
    expect(() => restNeedsOf({ method, path, rawQuery: '' }, sources)).toThrow(`${method} ${path}, so no role may`);
  });

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
  it('by its URL is to invoke the URL and the function', () => {
    expect(functionUrlNeeds(FUNCTION, 'NONE')).toEqual([
      { action: 'lambda:InvokeFunctionUrl', resource: FUNCTION, context: { 'lambda:FunctionUrlAuthType': 'NONE' } },
      { action: 'lambda:InvokeFunction', resource: FUNCTION, context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    ]);
  });
});
