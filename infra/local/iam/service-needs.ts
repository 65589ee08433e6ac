import { keysOfItems, keysOfQuery } from './leading-keys';
import {
  anyResource,
  arnIn,
  arnOf,
  type Body,
  type NeedsOf,
  objectsIn,
  ownAction,
  type ResourceOf,
  textIn,
} from './need';

type Needs = Readonly<Record<string, NeedsOf>>;

const table: ResourceOf = ({ TableName }, sources) => arnOf('dynamodb', sources, 'table/', TableName);

const tableOrIndex: ResourceOf = (body, sources) => {
  const [arn, index] = [table(body, sources), textIn(body.IndexName)];
  return arn === '' || index === '' ? arn : `${arn}/index/${index}`;
};

const onItem =
  (action: string): NeedsOf =>
  (body, sources) => {
    const { TableName, Key, Item } = body;
    return [{ action, resource: table(body, sources), ...keysOfItems(TableName, [Key ?? Item], sources) }];
  };

const onItems = (operations: string) =>
  Object.fromEntries(operations.split(' ').map((operation) => [operation, onItem(`dynamodb:${operation}`)]));

/** Of what a batch asks of one table: the keys and items in it. */
type ItemsIn = (asked: unknown) => readonly unknown[];

const keysIn: ItemsIn = (asked) => objectsIn((asked as Body | undefined)?.Keys);

const writesIn: ItemsIn = (asked) =>
  objectsIn(asked).map(({ PutRequest, DeleteRequest }) => {
    const { Item, Key } = { ...(PutRequest as Body), ...(DeleteRequest as Body) };
    return Item ?? Key;
  });

const eachTable =
  (action: string, itemsIn: ItemsIn): NeedsOf =>
  ({ RequestItems }, sources) =>
    Object.entries(RequestItems ?? {}).map(([TableName, asked]) => ({
      action,
      resource: table({ TableName }, sources),
      ...keysOfItems(TableName, itemsIn(asked), sources),
    }));

const MEMBER_ACTIONS = {
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

/** A transaction needs what its members would need one by one. */
const eachMember: NeedsOf = ({ TransactItems }, sources) =>
  objectsIn(TransactItems).flatMap((item) =>
    Object.entries(MEMBER_ACTIONS).flatMap(([kind, action]) => onItem(action)((item[kind] ?? {}) as Body, sources)),
  );

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export const dynamoDbNeeds: Needs = {
  ...onItems('GetItem PutItem UpdateItem DeleteItem'),
  Query: (body, sources) => [
    { action: 'dynamodb:Query', resource: tableOrIndex(body, sources), ...keysOfQuery(body, sources) },
  ],
  // It goes through all partitions, and so is not asked which: a policy that says "all keys are" allows it, as on AWS.
  ...ownAction('dynamodb', tableOrIndex, 'Scan'),
  ...ownAction('dynamodb', table, 'DescribeTable DescribeTimeToLive'),
  ...ownAction('dynamodb', anyResource, 'ListTables'),
  BatchGetItem: eachTable('dynamodb:BatchGetItem', keysIn),
  BatchWriteItem: eachTable('dynamodb:BatchWriteItem', writesIn),
  TransactGetItems: eachMember,
  TransactWriteItems: eachMember,
};

export const dynamoDbStreamsNeeds: Needs = {
  ...ownAction('dynamodb', anyResource, 'ListStreams'),
  ...ownAction('dynamodb', arnIn('StreamArn'), 'DescribeStream GetShardIterator'),
  ...ownAction('dynamodb', (body, { streamArnOf }) => streamArnOf(textIn(body.ShardIterator)), 'GetRecords'),
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const stepFunctionsNeeds: Needs = {
  ...ownAction('states', anyResource, 'ListStateMachines'),
  ...ownAction(
    'states',
    arnIn('stateMachineArn'),
    'StartExecution StartSyncExecution ListExecutions DescribeStateMachine',
  ),
  ...ownAction('states', arnIn('executionArn'), 'DescribeExecution GetExecutionHistory RedriveExecution StopExecution'),
};

const queue: ResourceOf = (body, sources) => arnOf('sqs', sources, '', textIn(body.QueueUrl).split('/').at(-1));

const single = ownAction('sqs', queue, 'SendMessage DeleteMessage ChangeMessageVisibility');
/** What moving messages needs besides its own action: it moves for its caller, who has to be allowed to do so by hand. */
const MOVING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/**
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export const sqsNeeds: Needs = {
  ...single,
  // A batch is checked as the single action.
  ...Object.fromEntries(Object.entries(single).map(([operation, needs]) => [`${operation}Batch`, needs])),
  ...ownAction('sqs', queue, 'ReceiveMessage GetQueueAttributes'),
  ...ownAction('sqs', ({ QueueName }, sources) => arnOf('sqs', sources, '', QueueName), 'GetQueueUrl'),
  ...ownAction('sqs', anyResource, 'ListQueues'),
  StartMessageMoveTask: ({ SourceArn, DestinationArn }, sources) => {
    const source = textIn(SourceArn);
    const destinations = DestinationArn === undefined ? sources.sourceQueueArns(source) : [textIn(DestinationArn)];
    return [
      ...['sqs:StartMessageMoveTask', ...MOVING].map((action) => ({ action, resource: source })),
      ...destinations.map((resource) => ({ action: 'sqs:SendMessage', resource })),
    ];
  },
  ListMessageMoveTasks: ({ SourceArn }) =>
    ['sqs:ListMessageMoveTasks', ...MOVING].map((action) => ({ action, resource: textIn(SourceArn) })),
};

const replay: ResourceOf = ({ ReplayName }, sources) => arnOf('events', sources, 'replay/', ReplayName);

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export const eventBridgeNeeds: Needs = {
  // Conditions ask about the single event, so each is a need of its own.
  PutEvents: ({ Entries }, sources) =>
    objectsIn(Entries).map(({ EventBusName = 'default', Source, DetailType }) => ({
      action: 'events:PutEvents',
      resource: arnOf('events', sources, 'event-bus/', EventBusName),
      context: { 'events:source': textIn(Source), 'events:detail-type': textIn(DetailType) },
    })),
  StartReplay: (body, sources) =>
    [replay(body, sources), textIn(body.EventSourceArn), textIn((body.Destination as Body | undefined)?.Arn)].map(
      (resource) => ({ action: 'events:StartReplay', resource }),
    ),
  ...ownAction('events', replay, 'DescribeReplay CancelReplay'),
  ...ownAction('events', ({ ArchiveName }, here) => arnOf('events', here, 'archive/', ArchiveName), 'DescribeArchive'),
  ...ownAction('events', anyResource, 'ListReplays ListRules'),
};

/** A search in a group is to IAM one in its streams, none of which is named: only a grant that ends in `:*` allows it. */
const logGroup: ResourceOf = ({ logGroupName, logGroupIdentifier }, sources) => {
  const arn = arnOf('logs', sources, 'log-group:', logGroupIdentifier ?? logGroupName);
  return arn === '' ? '' : `${arn.replace(/:\*$/, '')}:log-stream:`;
};

/**
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 * @see https://github.com/prowler-cloud/prowler/pull/37 for the resource as a denial names it
 */
export const logsNeeds: Needs = ownAction('logs', logGroup, 'FilterLogEvents');

const secret: ResourceOf = ({ SecretId }, { secretArn }) =>
  textIn(SecretId) === '' ? '' : secretArn(textIn(SecretId));

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export const secretsManagerNeeds: Needs = {
  ...ownAction('secretsmanager', secret, 'GetSecretValue PutSecretValue'),
  ...ownAction('secretsmanager', anyResource, 'ListSecrets'),
};

/** The id at the end of a stack's ARN is not known by its name. */
const stack: ResourceOf = ({ StackName = '*' }, sources) => {
  const name = textIn(StackName);
  return name === '*' || name.startsWith('arn:') ? name : arnOf('cloudformation', sources, 'stack/', `${name}/*`);
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const cloudFormationNeeds: Needs = {
  ...ownAction('cloudformation', stack, 'DescribeStacks DescribeStackResources ListStackResources'),
  ...ownAction('cloudformation', anyResource, 'ListStacks'),
};
