import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../../../infra/local/aws-error';
import { type Endpoint, type EndpointHandlers, openEndpoint } from '../../../../infra/local/endpoint/endpoint';
import { fastClock } from '../../../support/fast-clock';

const noHandlers: EndpointHandlers = { json: {}, query: {}, rest: [] };
const onError = jest.fn();
let endpoint: Endpoint;
let url: string;

beforeEach(async () => {
  onError.mockClear();
  endpoint = await openEndpoint({
    port: 0,
    portFlag: '--aws-port',
    home: { region: 'us-east-1', accountId: '000000000000' },
    clock: fastClock(20),
    onError,
  });
  url = `http://127.0.0.1:${endpoint.port}`;
});

afterEach(() => endpoint.close());

/** What an SDK client needs to talk to the endpoint; it tries once, so that a test sees the first answer. */
const clientConfig = () => ({
  endpoint: url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  maxAttempts: 1,
});

const post = (headers: Record<string, string>, body = '{}', path = '/') =>
  fetch(url + path, { method: 'POST', headers, body });

describe('a service that speaks AWS JSON', () => {
  const dynamoDb = jest.fn();
  beforeEach(() => {
    dynamoDb.mockReset();
    endpoint.attach({ ...noHandlers, json: { DynamoDB_20120810: dynamoDb } });
  });

  it('gets the operation, the body and the caller of an SDK call, and its answer comes back', async () => {
    dynamoDb.mockResolvedValue({ Item: { pk: { S: 'a' } } });
    const client = new DynamoDBClient(clientConfig());

    const { Item: item, $metadata: metadata } = await client.send(
      new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }),
    );

    expect(item).toEqual({ pk: { S: 'a' } });
    expect(metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(dynamoDb).toHaveBeenCalledWith(
      'GetItem',
      { TableName: 't', Key: { pk: { S: 'a' } } },
      { accessKeyId: 'AKIATEST', region: 'eu-west-1', service: 'dynamodb' },
    );
  });

  it('refuses in a way that the SDK knows by name, with the fields of the error', async () => {
    const item = { pk: { S: 'a' } };
    dynamoDb.mockRejectedValueOnce(
      new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, { Item: item }),
    );
    dynamoDb.mockRejectedValueOnce(
      new AwsError('TransactionCanceledException', 'cancelled', 400, { CancellationReasons: [{ Code: 'None' }] }),
    );
    const client = new DynamoDBClient(clientConfig());

    const put = client.send(new PutItemCommand({ TableName: 't', Item: item }));
    await expect(put).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: item,
      $metadata: { httpStatusCode: 400 },
    });
    const transaction = client.send(new TransactWriteItemsCommand({ TransactItems: [] }));
    await expect(transaction).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'cancelled',
      CancellationReasons: [{ Code: 'None' }],
    });
  });

  it('answers the error document, its code in the header, and a request id', async () => {
    dynamoDb.mockRejectedValue(new AwsError('ResourceNotFoundException', 'no table'));

    const response = await post({ 'x-amz-target': 'DynamoDB_20120810.GetItem' });

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({
      __type: 'DynamoDB_20120810#ResourceNotFoundException',
      message: 'no table',
    });
  });

  it('answers in the version of JSON that it was asked in', async () => {
    dynamoDb.mockResolvedValue({});
    const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.1' };

    expect((await post(headers)).headers.get('content-type')).toBe('application/x-amz-json-1.1');
  });

  it.each([
    [
      'an unknown target',
      'Other_2020.Do',
      '{}',
      'UnknownOperationException',
      'no service Other_2020; it has DynamoDB_2012',
    ],
    ['a target without a service', 'Do', '{}', 'UnknownOperationException', 'the local cloud has no service'],
    ['broken JSON', 'DynamoDB_20120810.GetItem', '{"a":', 'SerializationException', 'must be a JSON object'],
    ['JSON that is no object', 'DynamoDB_20120810.GetItem', '[]', 'SerializationException', 'must be a JSON object'],
  ])('refuses %s', async (_, target, body, code, message) => {
    const response = await post({ 'x-amz-target': target }, body);

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe(code);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(message) });
    expect(dynamoDb).not.toHaveBeenCalled();
  });

  it('keeps what it did not mean to say from the client, and tells it to the log', async () => {
    const bug = new TypeError('x is undefined');
    dynamoDb.mockRejectedValue(bug);

    const response = await post({ 'x-amz-target': 'DynamoDB_20120810.GetItem' });

    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/^\{"__type":"DynamoDB_20120810#InternalServerError"(?!.*undefined)/);
    expect(onError).toHaveBeenCalledWith(bug, 'DynamoDB_20120810.GetItem');
  });

  it('serves the client of Secrets Manager as well', async () => {
    endpoint.attach({ ...noHandlers, json: { secretsmanager: async () => ({ SecretString: 'x', CreatedDate: 1.5 }) } });
    const client = new SecretsManagerClient(clientConfig());

    const answer = await client.send(new GetSecretValueCommand({ SecretId: 'key' }));

    expect(answer).toMatchObject({ SecretString: 'x', CreatedDate: new Date(1500) });
  });
});

describe('a service that speaks the Query protocol', () => {
  const cloudFormation = jest.fn();
  beforeEach(() => {
    cloudFormation.mockReset();
    endpoint.attach({ ...noHandlers, query: { cloudformation: cloudFormation } });
  });

  it('gets the action and the parameters of an SDK call, and its XML comes back', async () => {
    const xml =
      '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>a</StackName></member></Stacks>' +
      '</DescribeStacksResult></DescribeStacksResponse>';
    cloudFormation.mockReturnValue({ status: 200, xml });
    const client = new CloudFormationClient(clientConfig());

    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: 'a&b' }));

    expect(stacks).toMatchObject([{ StackName: 'a' }]);
    const [action, params, caller] = cloudFormation.mock.calls[0];
    expect([action, params.get('StackName')]).toEqual(['DescribeStacks', 'a&b']);
    expect(caller).toEqual({ accessKeyId: 'AKIATEST', region: 'eu-west-1', service: 'cloudformation' });
  });

  it('refuses in a way that the SDK knows by name', async () => {
    cloudFormation.mockImplementation(() => {
      throw new AwsError('ValidationError', 'Stack with id <x> does not exist');
    });
    const client = new CloudFormationClient(clientConfig());

    await expect(client.send(new DescribeStacksCommand({ StackName: 'x' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id <x> does not exist',
    });
  });

  it('is not found when the request is signed for another service, or not at all', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const authorization =
      'AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/sns/aws4_request, SignedHeaders=host, Signature=0';

    const other = await post({ ...form, authorization }, 'Action=Publish');
    const unsigned = await post(form, 'Action=Publish');

    expect([other.status, await other.text()]).toEqual([
      400,
      expect.stringContaining('has no service sns; it has cloudformation'),
    ]);
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    ]);
  });
});

describe('a REST service', () => {
  it('gets the requests below its path, the longest path first', async () => {
    const functions = jest.fn(async () => ({ status: 200, body: '{"from":"lambda"}' }));
    const urls = jest.fn(async () => ({ status: 201, headers: { 'x-from': 'url' }, body: Buffer.from([0, 255]) }));
    const rest = [
      { pathPrefix: '/2015-03-31/', handle: functions },
      { pathPrefix: '/_url/', handle: async () => ({ status: 404 }) },
      { pathPrefix: '/_url/hello/', handle: urls },
    ];
    endpoint.attach({ ...noHandlers, rest });

    const invoked = await new LambdaClient(clientConfig()).send(
      new InvokeCommand({ FunctionName: 'f', Payload: '{"a":1}' }),
    );
    const response = await fetch(`${url}/_url/hello/a%20b?x=%26&x=2`, { headers: { cookie: 'c' } });

    expect(invoked.Payload!.transformToString()).toBe('{"from":"lambda"}');
    expect(functions).toHaveBeenCalledWith(
      expect.objectContaining({
        method: 'POST',
        path: '/2015-03-31/functions/f/invocations',
        rawQuery: '',
        body: Buffer.from('{"a":1}'),
      }),
      { accessKeyId: 'AKIATEST', region: 'eu-west-1', service: 'lambda' },
    );
    expect(urls).toHaveBeenCalledWith(
      expect.objectContaining({
        method: 'GET',
        path: '/_url/hello/a%20b',
        rawQuery: 'x=%26&x=2',
        headers: expect.objectContaining({ cookie: 'c' }),
      }),
      {},
    );
    expect([response.status, response.headers.get('x-from')]).toEqual([201, 'url']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255]);
  });

  it('refuses in a way that the SDK knows by name', async () => {
    const handle = async () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found: f', 404);
    };
    endpoint.attach({ ...noHandlers, rest: [{ pathPrefix: '/2015-03-31/', handle }] });

    const invoking = new LambdaClient(clientConfig()).send(new InvokeCommand({ FunctionName: 'f' }));

    await expect(invoking).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: f',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('is not found below a path that none has taken', async () => {
    endpoint.attach(noHandlers);

    const response = await fetch(`${url}/elsewhere`);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ message: 'the local cloud has no service for GET /elsewhere' });
  });
});

describe('the endpoint', () => {
  it('answers 503 until it has services', async () => {
    expect((await post({ 'x-amz-target': 'Echo.Do' })).status).toBe(503);

    endpoint.attach({ ...noHandlers, json: { Echo: async (operation) => ({ operation }) } });

    expect(await (await post({ 'x-amz-target': 'Echo.Do' })).json()).toEqual({ operation: 'Do' });
  });

  it('refuses a body of more than 16 MB and takes one of 16 MB', async () => {
    const handle = jest.fn(async () => ({ status: 200 }));
    endpoint.attach({ ...noHandlers, rest: [{ pathPrefix: '/up', handle }] });
    const limit = 16 * 1024 * 1024;

    const tooLarge = await post({}, 'x'.repeat(limit + 1), '/up');
    const farTooLarge = await post({}, 'x'.repeat(3 * limit), '/up');
    const largest = await post({}, 'x'.repeat(limit), '/up');

    expect([tooLarge.status, farTooLarge.status, largest.status]).toEqual([413, 413, 200]);
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('does not say how long a connection may rest, so that clients keep theirs', async () => {
    endpoint.attach(noHandlers);

    const response = await fetch(url);
    await response.text();

    expect(response.headers.get('connection')).toBe('keep-alive');
    expect(response.headers.get('keep-alive')).toBeNull();
  });

  it('says in one line that its port is in use, and how to choose another', async () => {
    const opening = openEndpoint({
      port: endpoint.port,
      portFlag: '--aws-port',
      home: { region: 'us-east-1', accountId: '000000000000' },
      clock: fastClock(20),
      onError,
    });

    await expect(opening).rejects.toThrow(
      new Error(`port ${endpoint.port} is already in use on 127.0.0.1; choose another with --aws-port`),
    );
  });

  it('closes with connections at rest and with a request that never ends', async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const handle = () => {
      arrived();
      return new Promise<never>(() => undefined);
    };
    endpoint.attach({ ...noHandlers, json: { Echo: async () => ({}) }, rest: [{ pathPrefix: '/forever', handle }] });
    await (await post({ 'x-amz-target': 'Echo.Do' })).text();
    const waiting = fetch(`${url}/forever`).catch((error: Error) => error.message);
    await arrival;

    await endpoint.close();

    expect(await waiting).toBe('fetch failed');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
