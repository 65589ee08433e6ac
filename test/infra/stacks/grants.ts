import { sagas } from '../../../functions/services';
import { hasUndos } from '../../../lib/saga/rows';
import type { HandlerContract, ServiceContract } from '../../../lib/service/contract';
import { type PlacedResource, placeOf, type Statement, type Templates } from '../templates';

const ARN = `arn:\${AWS::Partition}`;
const HERE = `\${AWS::Region}:\${AWS::AccountId}`;

/** Policies as one line for each action on each resource, sorted. */
export function grantsOf(statements: readonly Statement[]): string[] {
  return statements
    .flatMap(({ effect, actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${effect} ${action} ${resource}`)),
    )
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
    ...(contract.trigger.kind === 'stream' ? streamGrants(templates, made.stack, table()) : []),
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

/** Lambda reads the stream, and notes failures in the queue, by the role of the function. */
function streamGrants(templates: Templates, stack: string, table: string): string[] {
  const reads = dynamodb(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
  const failures = `\${${placeOf(templates.only('AWS::SQS::Queue', stack))}.Arn}`;
  return [...allow(reads, `\${${table}.StreamArn}`), ...allow(['sqs:SendMessage'], failures)];
}
