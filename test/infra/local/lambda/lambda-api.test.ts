import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
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

  test.each([['f'], [ARN], ['123456789012:function:f']])('invokes %s', async (FunctionName) => {
    const result = await client.send(new InvokeCommand({ FunctionName, Payload: '{"n":1}' }));

    expect(result.StatusCode).toBe(200);
    expect(result.ExecutedVersion).toBe('$LATEST');
    expect(result.FunctionError).toBeUndefined();
    expect(result.Payload?.transformToString()).toBe('{"got":{"n":1}}');
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

  test('accepts an event', async () => {
    const accepted = await client.send(
      new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event', Payload: '{"n":2}' }),
    );

    expect(accepted.StatusCode).toBe(202);
    expect(accepted.Payload ?? '').toHaveLength(0);
    expect(accepted.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(client.send(new InvokeCommand({ FunctionName: 'f', InvocationType: 'DryRun' }))).rejects.toMatchObject(
      { name: 'InvalidParameterValueException' },
    );
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

  test('lists and describes functions', async () => {
    const { Functions } = await client.send(new ListFunctionsCommand({}));
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: ARN }));

    expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['f', 'bad', 'never']);
    const { Configuration: alias } = await client.send(
      new GetFunctionCommand({ FunctionName: 'f', Qualifier: 'live' }),
    );
    expect(Configuration).toEqual(Functions?.[0]);
    expect(alias).toMatchObject({ FunctionArn: `${ARN}:live`, Version: '1' });
    expect(Configuration).toMatchObject({ FunctionArn: ARN, Timeout: 3, MemorySize: 128, Handler: 'index.handler' });
  });

  test.each([
    ['DELETE', '/2015-03-31/functions/f'],
    ['GET', '/2015-03-31/functions/f/aliases'],
    ['GET', '/2015-03-31/functions/f/invocations'],
  ])('refuses every other operation by name, such as %s %s', async (method, path) => {
    const answer = await lambda.handleHttp(method, path, new URLSearchParams(), {}, Buffer.alloc(0));

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).Message).toContain(`it does not answer ${method} ${path}`);
  });
});
