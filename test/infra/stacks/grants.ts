import { sagas } from '../../../functions/services';
import { hasUndos } from '../../../lib/saga/rows';
import type { HandlerContract, ServiceContract } from '../../../lib/service/contract';
import { type PlacedResource, placeOf, type Statement, type Templates } from '../templates';

const ARN = `arn:\${AWS::Partition}`;
const HERE = `\${AWS::Region}:\${AWS::AccountId}`;

/** Policies as one line for each action on each resource, sorted. */
export function grantsOf(statements: readonly Statement[]): string[] {
  return statements
    .flatMap(({ effect, actions, resources, conditions }) => {
      const only = conditions === undefined ? '' : ` if ${JSON.stringify(conditions)}`;
      return actions.flatMap((action) => resources.map((resource) => `${effect} ${action} ${resource}${only}`));
    })
    .sort();
}

/** What the contract of a handler says that its function may do, in the form of {@link grantsOf}. */
export function expectedGrants(
  templates: Templates,
  service: ServiceContract,
  handler: string,
  contract: HandlerContract,
): string[] {
  const made = templates.functionOf(service.name, handler);
  const table = () => placeOf(templates.only('AWS::DynamoDB::GlobalTable', made.stack));
  return [
    ...allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logArn(templates, made)),
    ...allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    ...(contract.table ? allow(dynamodb(contract.table), `\${${table()}.Arn}`) : []),
    ...Object.entries(contract.indexes ?? {}).flatMap(([index, actions]) =>
      allow(dynamodb(actions), `\${${table()}.Arn}/index/${index}`),
    ),
    ...(contract.calls ?? []).flatMap((call) =>
      allow(['lambda:InvokeFunction'], `${ARN}:lambda:${HERE}:function:${templates.stackName(call.replace('/', '-'))}`),
    ),
    ...sagaGrants(templates, contract),
    ...secretsOf(templates, service, contract).flatMap((secret) => allow(['secretsmanager:GetSecretValue'], secret)),
    ...consumerGrants(templates, service, handler, contract),
    ...operationsGrants(templates, contract),
    ...(contract.party === undefined ? [] : circuitGrants(templates, service.name)),
  ].sort();
}

function allow(actions: readonly string[], resource: string): string[] {
  return actions.map((action) => `Allow ${action} ${resource}`);
}

function dynamodb(actions: readonly string[]): string[] {
  return actions.map((action) => `dynamodb:${action}`);
}

/** Each line once: with STANDARD the state machine that is started is the one that repairs. */
function sagaGrants(
  templates: Templates,
  { starts = [], repairs = [], undoes = [], watches = [] }: HandlerContract,
): string[] {
  const machine = (name: string) => `${ARN}:states:${HERE}:stateMachine:${name}`;
  const executions = (name: string) => `${ARN}:states:${HERE}:execution:${name}:*`;
  const log = (name: string) => `${ARN}:logs:${HERE}:log-group:/aws/vendedlogs/states/${name}:*`;
  const lines = [
    ...starts.flatMap((saga) => allow(['states:StartExecution'], machine(templates.stackName(saga)))),
    ...repairs.flatMap((saga) =>
      standardMachines(templates, saga).flatMap((name) => [
        ...allow(['states:StartExecution'], machine(name)),
        ...allow(['states:DescribeExecution'], executions(name)),
      ]),
    ),
    ...undoes.flatMap((saga) => [
      ...allow(['states:StartExecution'], machine(`${templates.stackName(saga)}-undo`)),
      ...standardMachines(templates, saga).flatMap((name) => allow(['states:DescribeExecution'], executions(name))),
    ]),
    ...watches.flatMap((saga) => [
      ...standardMachines(templates, saga).flatMap((name) => allow(['states:GetExecutionHistory'], executions(name))),
      ...(templates.kind === 'express' ? allow(['logs:FilterLogEvents'], log(templates.stackName(saga))) : []),
    ]),
  ];
  return [...new Set(lines)];
}

/** The state machines of a saga whose executions have a history: the one that repairs, the one that undoes. */
function standardMachines(templates: Templates, name: string): string[] {
  const saga = sagas.find((candidate) => candidate.name === name);
  const own = templates.stackName(name);
  return [templates.kind === 'express' ? `${own}-repair` : own, ...(saga && hasUndos(saga) ? [`${own}-undo`] : [])];
}

function logArn(templates: Templates, { stack, Properties }: PlacedResource): string {
  return `\${${templates.target(stack, Properties.LoggingConfig.LogGroup)}.Arn}`;
}

/** The secret of the stand-in, where that plays the party or is the function's own service; else the service's own. */
function secretsOf(templates: Templates, service: ServiceContract, contract: HandlerContract): string[] {
  const party = service.parties?.[contract.party ?? ''];
  const standIn = party && templates.stackName(party.standIn.service);
  const isPlayed = party && templates.partyUrls[party.urlContext] === undefined;
  const stacks = [
    ...(party ? [isPlayed && standIn ? standIn : templates.stackName(service.name)] : []),
    ...(contract.ownSecret ? [templates.stackName(service.name)] : []),
  ];
  return stacks.map((stack) => `\${${placeOf(templates.only('AWS::SecretsManager::Secret', stack))}}`);
}

/** Lambda reads stream and queue, and notes failures, by the role of the function. */
function consumerGrants(
  templates: Templates,
  service: ServiceContract,
  handler: string,
  { trigger }: HandlerContract,
): string[] {
  const { kind } = trigger;
  if (!['stream', 'relay', 'events', 'schedule'].includes(kind)) return [];
  const queue = templates.stackName(`${service.name}-${handler}`);
  const arnOf = (name: string) => `\${${placeOf(templates.queueNamed(name))}.Arn}`;
  const table = () => placeOf(templates.only('AWS::DynamoDB::GlobalTable', templates.stackName(service.name)));
  const reads = dynamodb(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
  const only = JSON.stringify({
    StringEquals: { 'events:source': service.name, 'events:detail-type': service.events?.map(({ type }) => type) },
  });
  return [
    ...allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arnOf(queue)),
    ...allow(['sqs:SendMessage'], arnOf(`${queue}-dead-letters`)),
    ...(kind === 'stream' || kind === 'relay' ? allow(reads, `\${${table()}.StreamArn}`) : []),
    ...(kind === 'relay' ? allow(['events:PutEvents'], `${busArn(templates)} if ${only}`) : []),
  ];
}

/** Operators' handlers name queues, bus and archive by name: those are in other stacks. */
function operationsGrants(templates: Templates, { deadLetters, replays }: HandlerContract): string[] {
  const named = (end: RegExp) =>
    templates
      .resources('AWS::SQS::Queue')
      .map(({ Properties: p }) => p.QueueName as string)
      .filter((name) => end.test(name))
      .map((name) => `${ARN}:sqs:${HERE}:${name}`);
  const looks = ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
  const moves = [...looks, 'sqs:DeleteMessage', 'sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks'];
  const letters = named(/-dead-letters$/);
  const stage = templates.stackName('');
  return [
    ...(deadLetters === 'read' ? letters.flatMap((queue) => allow(looks, queue)) : []),
    ...(deadLetters === 'redrive' ? letters.flatMap((queue) => allow(moves, queue)) : []),
    ...(deadLetters === 'redrive'
      ? named(/(?<!-dead-letters)$/).flatMap((queue) => allow(['sqs:SendMessage'], queue))
      : []),
    ...(replays
      ? [
          ...allow(['events:StartReplay'], busArn(templates)),
          ...allow(['events:StartReplay'], `${ARN}:events:${HERE}:archive/${stage.slice(0, -1)}`),
          ...allow(['events:StartReplay'], `${ARN}:events:${HERE}:replay/${stage}*`),
        ]
      : []),
  ];
}

/** The partition of one's own service, in a table of another stack. */
function circuitGrants(templates: Templates, service: string): string[] {
  const table = `${ARN}:dynamodb:${HERE}:table/${templates.stackName('circuits')}`;
  const only = JSON.stringify({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [service] } });
  return allow(dynamodb(['Query', 'UpdateItem']), `${table} if ${only}`);
}

function busArn(templates: Templates): string {
  return `${ARN}:events:${HERE}:event-bus/holdfast-${templates.stage}`;
}
