import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  type Assembly,
  loadAssembly,
  type NamingContext,
  type ResourceTypes,
  resolveDynamicReferences,
} from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { problemsOf } from './assembly-builder';

const environment = { region: 'eu-west-1', accountId: '123456789012' };

/** `arn:aws:<service>:<region>:<account>:<rest>`, the form of most ARNs. */
const arn = (service: string, rest: (name: string) => string) => (context: NamingContext) =>
  `arn:${context.partition}:${service}:${context.region}:${context.accountId}:${rest(context.physicalName)}`;

const types: ResourceTypes = {
  'AWS::DynamoDB::GlobalTable': {
    properties: {
      AttributeDefinitions: 'used',
      KeySchema: 'used',
      BillingMode: { oneOf: ['PAY_PER_REQUEST'] },
      StreamSpecification: { members: { StreamViewType: 'used' } },
      Replicas: { members: { Region: 'used', Tags: 'ignored' } },
    },
    physicalName: { property: 'TableName' },
    attributes: { Arn: arn('dynamodb', (name) => `table/${name}`) },
  },
  'AWS::SQS::Queue': {
    properties: { VisibilityTimeout: 'used', Tags: 'ignored' },
    physicalName: { property: 'QueueName', maximumLength: 80 },
    ref: ({ accountId, physicalName }) => `http://127.0.0.1:4566/${accountId}/${physicalName}`,
    attributes: { Arn: arn('sqs', (name) => name) },
  },
  'AWS::SecretsManager::Secret': {
    properties: { GenerateSecretString: 'used', Tags: 'ignored' },
    physicalName: { property: 'Name' },
    ref: arn('secretsmanager', (name) => `secret:${name}-abcdef`),
  },
  'AWS::IAM::Role': { properties: 'ignored', attributes: { Arn: arn('iam', (name) => `role/${name}`) } },
  'AWS::IAM::Policy': { properties: { PolicyDocument: 'used', PolicyName: 'used', Roles: 'used' } },
  'AWS::Lambda::Function': {
    properties: { Code: 'used', Environment: 'used', Handler: 'used', Role: 'used', Runtime: 'used', Tags: 'ignored' },
    physicalName: { property: 'FunctionName', maximumLength: 64 },
    attributes: { Arn: arn('lambda', (name) => `function:${name}`) },
  },
};

describe('an assembly synthesized by the CDK', () => {
  let directory: string;
  let assembly: Assembly;

  beforeAll(() => {
    // The CDK's own validator takes seconds and checks nothing that this test is about.
    process.env.CDK_VALIDATION = 'false';
    directory = synthesize();
    assembly = loadAssembly(directory, environment, types);
  });

  afterAll(() => {
    delete process.env.CDK_VALIDATION;
    rmSync(directory, { recursive: true });
  });

  const find = (type: string) =>
    assembly.stacks.flatMap(({ resources }) => resources).find((resource) => resource.type === type)!;

  it('has its stacks in the order of deployment, with outputs', () => {
    expect(assembly.stacks.map(({ name }) => name)).toEqual(['data', 'compute']);
    expect(assembly.stacks[1]!.outputs).toEqual([
      { key: 'FunctionArn', value: find('AWS::Lambda::Function').attribute('Arn'), exportName: 'function-arn' },
    ]);
  });

  it('gives a function the names of another stack’s resources', () => {
    const { Environment: variables } = find('AWS::Lambda::Function').properties;

    expect(variables).toEqual({
      Variables: {
        TABLE: find('AWS::DynamoDB::GlobalTable').physicalId,
        QUEUE: find('AWS::SQS::Queue').physicalId,
        SECRET: `{{resolve:secretsmanager:${find('AWS::SecretsManager::Secret').physicalId}:SecretString:password::}}`,
      },
    });
  });

  it('resolves the secret in a property at the time when it is asked to', async () => {
    const secretString = jest.fn(async () => '{"password":"swordfish"}');

    const resolved = await resolveDynamicReferences(find('AWS::Lambda::Function').properties, secretString);

    expect(resolved).toMatchObject({ Environment: { Variables: { SECRET: 'swordfish' } } });
    expect(secretString).toHaveBeenCalledWith(find('AWS::SecretsManager::Secret').physicalId, {});
  });

  it('resolves policies down to the ARNs they are about', () => {
    const { PolicyDocument: document } = find('AWS::IAM::Policy').properties as {
      PolicyDocument: { Statement: Array<{ Resource: string }> };
    };

    expect(document.Statement.map(({ Resource: resource }) => resource)).toContain(
      find('AWS::SQS::Queue').attribute('Arn'),
    );
  });

  it('finds the code of a function on this computer', () => {
    const { S3Bucket: bucket, S3Key: key } = find('AWS::Lambda::Function').properties.Code as Record<string, string>;

    const code = assembly.assetDirectory(bucket!, key!);

    expect(existsSync(join(code, 'index.js'))).toBe(true);
  });

  it('says which asset is missing', () => {
    const { S3Bucket: bucket, S3Key: key } = find('AWS::Lambda::Function').properties.Code as Record<string, string>;

    expect(problemsOf(() => assembly.assetDirectory(bucket!, 'other.zip'))).toEqual([
      'the cloud assembly has no asset other.zip for bucket cdk-hnb659fds-assets-123456789012-eu-west-1',
    ]);
    expect(assembly.assetDirectory(bucket!, key!)).toBe(join(directory, `asset.${key!.replace('.zip', '')}`));
  });
});

/** Two stacks: a table, a queue and a secret in one, and in the other a function that uses all three. */
function synthesize(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const code = mkdtempSync(join(tmpdir(), 'code-'));
  writeFileSync(join(code, 'index.js'), 'exports.handler = async () => 1;');
  const app = new App({ outdir: directory });

  const data = new Stack(app, 'data');
  const partitionKey = { name: 'pk', type: AttributeType.STRING };
  const table = new TableV2(data, 'Table', { partitionKey, dynamoStream: StreamViewType.NEW_IMAGE });
  const queue = new Queue(data, 'Queue');
  const secret = new Secret(data, 'Secret');

  const compute = new Stack(app, 'compute');
  const handler = new LambdaFunction(compute, 'Function', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromAsset(code),
    environment: {
      TABLE: table.tableName,
      QUEUE: queue.queueUrl,
      SECRET: secret.secretValueFromJson('password').unsafeUnwrap(),
    },
  });
  queue.grantSendMessages(handler);
  table.grantReadData(handler);
  new CfnOutput(compute, 'FunctionArn', { value: handler.functionArn, exportName: 'function-arn' });

  app.synth();
  rmSync(code, { recursive: true });
  return directory;
}
