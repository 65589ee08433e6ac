import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assembly, loadAssembly } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import type { AsynchronousConfig, FunctionDefinition, Lambda } from '../../../../infra/local/lambda/lambda';
import { lambdaTypes, provisionFunctions } from '../../../../infra/local/resources/lambda';
import { environment, problemsOf, writeAssembly } from '../cloud-assembly/assembly-builder';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:f';
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:q';
const BUS = 'arn:aws:events:eu-west-1:123456789012:event-bus/b';
const ref = (Ref: string) => ({ Ref });
const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

/** A template with the function `F` and whatever else is given. */
function aTemplate(ownOfFunction: object, others: Record<string, { Type: string; Properties: object }> = {}) {
  const Properties = {
    FunctionName: 'f',
    Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::123456789012:role/f',
    ...ownOfFunction,
  };
  const Outputs = Object.fromEntries(Object.keys(others).map((id) => [id, { Value: ref(id), Export: { Name: id } }]));
  return { Resources: { F: { Type: 'AWS::Lambda::Function', Properties }, ...others }, Outputs };
}

function load(template: object): Assembly {
  const directory = writeAssembly({ main: template });
  writeFileSync(join(directory, 'index.js'), '');
  return { ...loadAssembly(directory, environment, lambdaTypes('http://aws')), assetDirectory: () => directory };
}

/** What provisioning a template tells the room. */
function provision(template: object) {
  const calls: unknown[][] = [];
  const functions: FunctionDefinition[] = [];
  const configs: AsynchronousConfig[] = [];
  const room: Partial<Lambda> = {
    createFunction: (definition) => functions.push(definition),
    publishVersion: (name) => calls.push(['version', name]),
    createAlias: (name, alias) => calls.push(['alias', name, alias]),
    configureAsynchronous: (config) => configs.push(config),
  };
  const assembly = load(template);
  const resources = assembly.stacks.flatMap((stack) => stack.resources);
  provisionFunctions(assembly, resources, room as Lambda);
  return {
    functions,
    configs,
    calls,
    ids: Object.fromEntries(resources.map((one) => [one.logicalId, one.physicalId])),
  };
}

const VERSION = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('F'), Description: 'first' } };
const ALIAS = {
  Type: 'AWS::Lambda::Alias',
  Properties: {
    Name: 'live',
    FunctionName: attribute('F', 'Arn'),
    FunctionVersion: attribute('V', 'Version'),
  },
};

describe('the functions of a template', () => {
  test('take what AWS takes where a property is left out', () => {
    const { functions } = provision(aTemplate({}));

    expect(functions).toEqual([
      {
        functionName: 'f',
        codeDirectory: expect.any(String),
        handler: 'index.handler',
        timeoutSeconds: 3,
        memoryMb: 128,
        environment: {},
        roleArn: 'arn:aws:iam::123456789012:role/f',
        runtime: 'nodejs24.x',
      },
    ]);
  });

  test('have a reserved concurrency, a dead-letter queue and a log group', () => {
    const { functions } = provision(
      aTemplate({
        ReservedConcurrentExecutions: 0,
        DeadLetterConfig: { TargetArn: QUEUE },
        LoggingConfig: { LogGroup: '/shop/f' },
      }),
    );

    expect(functions).toMatchObject([
      { reservedConcurrentExecutions: 0, deadLetterArn: QUEUE, logGroupName: '/shop/f' },
    ]);
  });

  test.each([
    [{}, { application: 'INFO', system: 'INFO' }],
    [
      { ApplicationLogLevel: 'ERROR', SystemLogLevel: 'WARN' },
      { application: 'ERROR', system: 'WARN' },
    ],
  ])('log in JSON with the levels %j', (levels, jsonLogLevels) => {
    const { functions } = provision(aTemplate({ LoggingConfig: { LogFormat: 'JSON', ...levels } }));

    expect(functions).toMatchObject([{ jsonLogLevels }]);
  });

  test('log as text where the template says so', () => {
    const { functions } = provision(aTemplate({ LoggingConfig: { LogFormat: 'Text' } }));

    expect(functions[0]).not.toHaveProperty('jsonLogLevels');
  });

  test('have one version and aliases, whose names are ARNs', () => {
    const { calls, ids } = provision(aTemplate({}, { A: ALIAS, V: VERSION }));

    expect(calls).toEqual([
      ['version', 'f'],
      ['alias', ARN, { name: 'live', functionVersion: '1' }],
    ]);
    expect(ids).toMatchObject({ A: `${ARN}:live`, V: `${ARN}:1` });
  });

  test('are invoked asynchronously as the template says', () => {
    const config = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: ref('F'),
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnSuccess: { Destination: QUEUE }, OnFailure: { Destination: ARN } },
      },
    };

    const { configs } = provision(aTemplate({}, { C: config }));

    expect(configs).toEqual([
      {
        functionName: 'f',
        qualifier: '$LATEST',
        maximumRetryAttempts: 0,
        maximumEventAgeSeconds: 60,
        onSuccessArn: QUEUE,
        onFailureArn: ARN,
      },
    ]);
  });

  test('refuse what the local cloud does not have', () => {
    const weighted = { ...ALIAS, Properties: { ...ALIAS.Properties, RoutingConfig: {} } };

    expect(problemsOf(() => load(aTemplate({}, { A: weighted, V: VERSION }))).join()).toContain('RoutingConfig');
    const logging = { LogFormat: 'XML', SystemLogLevel: 'ERROR' };
    expect(problemsOf(() => load(aTemplate({ LoggingConfig: logging }))).join()).toMatch(/"XML".*"ERROR"/s);
    const onBus = { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: BUS } } };
    const config = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: onBus };
    expect(() => provision(aTemplate({}, { C: config }))).toThrow(
      `function f: onFailureArn must be an ARN of sqs or lambda, got ${BUS}`,
    );
    expect(() =>
      provision(aTemplate({ DeadLetterConfig: { TargetArn: 'arn:aws:sns:eu-west-1:123456789012:t' } })),
    ).toThrow('function f: deadLetterArn must be an ARN of sqs, got arn:aws:sns');
  });
});
