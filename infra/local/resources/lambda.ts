import type { Assembly, NamingContext, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { functionArn, toFunctionName } from '../lambda/function-name';
import { ONLY_VERSION } from '../lambda/function-table';
import type { JsonLogLevels } from '../lambda/json-log-format';
import type { AsynchronousConfig, FunctionDefinition, Lambda } from '../lambda/lambda';
import { isPresent, member, numberOf, textOf } from './properties';

/** The path under which the endpoint serves the functions' URLs: a host name of its own would need a name server. */
export const FUNCTION_URL_PATH = '/_url/';

const toVersionArn = (made: NamingContext) => qualifiedArn(made, ONLY_VERSION);
const toAliasArn = (made: NamingContext) => qualifiedArn(made, made.physicalName);

/** Functions with their versions, aliases and addresses. `awsUrl` is the endpoint's own address. */
export const lambdaTypes = (awsUrl: string): ResourceTypes => ({
  'AWS::Lambda::Function': {
    physicalName: { property: 'FunctionName', maximumLength: 64 },
    attributes: { Arn: (made) => functionArn(made, made.physicalName) },
    properties: {
      FunctionName: 'used',
      Code: { members: { S3Bucket: 'used', S3Key: 'used' } },
      Handler: 'used',
      Runtime: 'used',
      Role: 'used',
      Timeout: 'used',
      MemorySize: 'used',
      Environment: 'used',
      ReservedConcurrentExecutions: 'used',
      DeadLetterConfig: { members: { TargetArn: 'used' } },
      LoggingConfig: {
        members: {
          LogGroup: 'used',
          LogFormat: { oneOf: ['Text', 'JSON'] },
          ApplicationLogLevel: { oneOf: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] },
          SystemLogLevel: { oneOf: ['DEBUG', 'INFO', 'WARN'] },
        },
      },
      Architectures: 'ignored',
      TracingConfig: { members: { Mode: 'used' } },
      Tags: 'ignored',
    },
  },
  'AWS::Lambda::Version': {
    ref: toVersionArn,
    attributes: { Version: () => ONLY_VERSION, FunctionArn: toVersionArn },
    properties: {
      FunctionName: 'used',
      CodeSha256: 'ignored',
      Description: 'ignored',
    },
  },
  'AWS::Lambda::Alias': {
    physicalName: { property: 'Name', maximumLength: 128 },
    ref: toAliasArn,
    attributes: { AliasArn: toAliasArn },
    properties: {
      FunctionName: 'used',
      FunctionVersion: 'used',
      Name: 'used',
      Description: 'ignored',
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    properties: {
      FunctionName: 'used',
      Qualifier: 'used',
      MaximumRetryAttempts: 'used',
      MaximumEventAgeInSeconds: 'used',
      DestinationConfig: {
        members: {
          OnSuccess: { members: { Destination: 'used' } },
          OnFailure: { members: { Destination: 'used' } },
        },
      },
    },
  },
  'AWS::Lambda::Url': {
    attributes: {
      FunctionUrl: (url) =>
        `${awsUrl}${FUNCTION_URL_PATH}${toFunctionName(textOf(url.property('TargetFunctionArn')))}/`,
    },
    properties: { AuthType: { oneOf: ['NONE'] }, TargetFunctionArn: 'used' },
  },
});

/**
 * Makes functions known, then their versions, their aliases and how they are invoked asynchronously.
 *
 * @throws {Error} for a dead-letter target that is no queue, or a destination that is no queue and no function.
 */
export function provisionFunctions(assembly: Assembly, resources: readonly Resource[], lambda: Lambda): void {
  const each = (type: string, make: (resource: Resource) => void) =>
    resources.filter((resource) => resource.type === type).forEach(make);
  each('AWS::Lambda::Function', (resource) => lambda.createFunction(toDefinition(assembly, resource)));
  each('AWS::Lambda::Version', ({ properties }) => lambda.publishVersion(textOf(properties.FunctionName)));
  each('AWS::Lambda::Alias', ({ properties, physicalName }) => {
    const functionVersion = textOf(properties.FunctionVersion);
    lambda.createAlias(textOf(properties.FunctionName), { name: physicalName, functionVersion });
  });
  each('AWS::Lambda::EventInvokeConfig', (resource) => lambda.configureAsynchronous(toConfig(resource)));
}

/**
 * Where the code of a function is.
 *
 * @throws {Error} when the assembly does not have it.
 */
export function codeDirectoryOf(assembly: Assembly, properties: Resource['properties']): string {
  const code = member(properties, 'Code');
  return assembly.assetDirectory(textOf(code?.S3Bucket), textOf(code?.S3Key));
}

function toDefinition(assembly: Assembly, { properties, physicalName }: Resource): FunctionDefinition {
  const { ReservedConcurrentExecutions: reserved } = properties;
  const logging = member(properties, 'LoggingConfig') ?? {};
  return {
    functionName: physicalName,
    codeDirectory: codeDirectoryOf(assembly, properties),
    handler: textOf(properties.Handler),
    timeoutSeconds: numberOf(properties.Timeout, 3),
    memoryMb: numberOf(properties.MemorySize, 128),
    environment: (member(properties, 'Environment')?.Variables ?? {}) as Record<string, string>,
    roleArn: textOf(properties.Role),
    runtime: textOf(properties.Runtime),
    ...(member(properties, 'TracingConfig')?.Mode === 'Active' && { isTraced: true }),
    ...(isPresent(reserved) && { reservedConcurrentExecutions: Number(reserved) }),
    ...targetIn('deadLetterArn', member(properties, 'DeadLetterConfig')?.TargetArn, physicalName, ['sqs']),
    ...(isPresent(logging.LogGroup) && { logGroupName: textOf(logging.LogGroup) }),
    ...(logging.LogFormat === 'JSON' && { jsonLogLevels: toJsonLogLevels(logging) }),
  };
}

/** Both levels are INFO unless the template says otherwise. */
function toJsonLogLevels({ ApplicationLogLevel = 'INFO', SystemLogLevel = 'INFO' }: Record<string, unknown>) {
  return { application: ApplicationLogLevel, system: SystemLogLevel } as JsonLogLevels;
}

function toConfig({ properties }: Resource): AsynchronousConfig {
  const { Qualifier: qualifier, MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } = properties;
  const functionName = toFunctionName(textOf(properties.FunctionName));
  const destinationOf = (name: string) => member(member(properties, 'DestinationConfig') ?? {}, name)?.Destination;
  return {
    functionName,
    ...(isPresent(qualifier) && { qualifier: textOf(qualifier) }),
    ...(isPresent(attempts) && { maximumRetryAttempts: Number(attempts) }),
    ...(isPresent(age) && { maximumEventAgeSeconds: Number(age) }),
    ...targetIn('onSuccessArn', destinationOf('OnSuccess'), functionName, ['sqs', 'lambda']),
    ...targetIn('onFailureArn', destinationOf('OnFailure'), functionName, ['sqs', 'lambda']),
  };
}

/** An ARN, if it is present, under the name that the room has for it. */
function targetIn(
  name: string,
  arn: unknown,
  functionName: string,
  services: readonly string[],
): Record<string, string> {
  if (!isPresent(arn)) return {};
  if (services.includes(textOf(arn).split(':')[2] ?? '')) return { [name]: textOf(arn) };
  throw new Error(`function ${functionName}: ${name} must be an ARN of ${services.join(' or ')}, got ${textOf(arn)}`);
}

function qualifiedArn(made: NamingContext, qualifier: string): string {
  return functionArn(made, toFunctionName(textOf(made.property('FunctionName'))), qualifier);
}
