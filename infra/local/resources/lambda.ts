import type { Assembly, Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { functionArn, toFunctionName } from '../lambda/function-name';
import type { Lambda } from '../lambda/lambda';
import { member, numberOf, textOf } from './properties';

/** The path under which the endpoint serves the functions' URLs: a host name of its own would need a name server. */
export const FUNCTION_URL_PATH = '/_url/';

/** Functions and their addresses. `awsUrl` is the endpoint's own address. */
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
      Architectures: 'ignored',
      LoggingConfig: 'ignored',
      TracingConfig: 'ignored',
      Tags: 'ignored',
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

export function provisionFunctions(assembly: Assembly, resources: readonly Resource[], lambda: Lambda): void {
  for (const { type, properties, physicalName } of resources) {
    if (type !== 'AWS::Lambda::Function') continue;
    const code = member(properties, 'Code');
    lambda.createFunction({
      functionName: physicalName,
      codeDirectory: assembly.assetDirectory(textOf(code?.S3Bucket), textOf(code?.S3Key)),
      handler: textOf(properties.Handler),
      timeoutSeconds: numberOf(properties.Timeout, 3),
      memoryMb: numberOf(properties.MemorySize, 128),
      environment: (member(properties, 'Environment')?.Variables ?? {}) as Record<string, string>,
      roleArn: textOf(properties.Role),
      runtime: textOf(properties.Runtime),
    });
  }
}
