import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import type { Lambda } from '../../../../infra/local/lambda/lambda';
import { aFunction, aLambda } from './a-function';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f';

describe("Lambda's API, called by the AWS SDK", () => {
  let lambda: Lambda;
  let server: Server;
  let client: LambdaClient;

  beforeAll(async () => {
    lambda = aLambda([
      aFunction('export const handler = async (event) => { console.log("seen"); return { got: event } }'),
      aFunction('export const handler = async () => { throw new RangeError("no") }', { functionName: 'bad' }),
      aFunction('', { functionName: 'never', reservedConcurrentExecutions: 0 }),
    ]);
    lambda.publishVersion('f');
    lambda.createAlias('f', { name: 'live', functionVersion: '1' });
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const headers = request.headers as Record<string, string>;
      const answer = await lambda.handleHttp(
        request.method ?? 'GET',
        pathname,
        searchParams,
        headers,
        Buffer.concat(chunks),
      );
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new LambdaClient({
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
  });

  afterAll(async () => {
    client.destroy();
    server.close();
    await lambda.close();
  });

  test.each([['f'], [ARN], ['123456789012:function:f']])('invokes %s and returns the log', async (FunctionName) => {
    const result = await client.send(new InvokeCommand({ FunctionName, Payload: '{"n":1}', LogType: 'Tail' }));

    expect(result.StatusCode).toBe(200);
    expect(result.ExecutedVersion).toBe('$LATEST');
    expect(result.FunctionError).toBeUndefined();
    expect(result.Payload?.transformToString()).toBe('{"got":{"n":1}}');
    expect(Buffer.from(result.LogResult ?? '', 'base64').toString()).toContain('\tINFO\tseen\n');
  });

  test('tells a function error from an answer', async () => {
    const result = await client.send(new InvokeCommand({ FunctionName: 'bad' }));

    expect(result.FunctionError).toBe('Unhandled');
    expect(JSON.parse(result.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'no',
    });
  });

  test('answers AWS errors that the SDK knows', async () => {
    await expect(client.send(new InvokeCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-central-1:123456789012:function:none',
      Type: 'User',
    });
    await expect(client.send(new InvokeCommand({ FunctionName: 'f', Payload: '{' }))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expect(client.send(new InvokeCommand({ FunctionName: 'f', Qualifier: '3' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('accepts an event, and checks one that is not to be run', async () => {
    const accepted = await client.send(
      new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event', Payload: '{"n":2}' }),
    );
    const checked = await client.send(new InvokeCommand({ FunctionName: 'f:live', InvocationType: 'DryRun' }));

    expect(accepted.StatusCode).toBe(202);
    expect(accepted.Payload ?? '').toHaveLength(0);
    expect(accepted.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(checked.StatusCode).toBe(204);
    await expect(
      client.send(new InvokeCommand({ FunctionName: 'none', InvocationType: 'DryRun' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([
    ['f:live', undefined],
    [ARN, '1'],
    [`${ARN}:live`, undefined],
  ])('invokes %s with the qualifier %s', async (FunctionName, Qualifier) => {
    const result = await client.send(new InvokeCommand({ FunctionName, Qualifier }));

    expect(result.ExecutedVersion).toBe('1');
  });

  test('tells the SDK why a call was throttled', async () => {
    await expect(client.send(new InvokeCommand({ FunctionName: 'never' }))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('describes versions, aliases and reserved concurrency', async () => {
    const published = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'f', Qualifier: 'live' }));
    const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName: 'f' }));
    const alias = await client.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' }));
    const concurrency = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'never' }));

    expect(published).toMatchObject({ FunctionArn: `${ARN}:live`, Version: '1' });
    expect(alias).toMatchObject({ AliasArn: `${ARN}:live`, Name: 'live', FunctionVersion: '1' });
    expect(Aliases).toEqual([{ AliasArn: `${ARN}:live`, Name: 'live', FunctionVersion: '1' }]);
    expect(concurrency.ReservedConcurrentExecutions).toBe(0);
    await expect(client.send(new GetAliasCommand({ FunctionName: 'f', Name: 'none' }))).rejects.toMatchObject({
      message: `Cannot find alias arn: ${ARN}:none`,
    });
  });

  test('lists and describes functions', async () => {
    const { Functions } = await client.send(new ListFunctionsCommand({}));
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: ARN }));

    expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['f', 'bad', 'never']);
    expect(Configuration).toEqual(Functions?.[0]);
    expect(Configuration).toMatchObject({ FunctionArn: ARN, Timeout: 3, MemorySize: 128, Handler: 'index.handler' });
  });

  test('refuses every other operation by name', async () => {
    const answer = await lambda.handleHttp(
      'DELETE',
      '/2015-03-31/functions/f',
      new URLSearchParams(),
      {},
      Buffer.alloc(0),
    );

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).Message).toContain('it does not answer DELETE /2015-03-31/functions/f');
  });
});
