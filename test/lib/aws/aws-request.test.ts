import '../../support/environment';
import { awsRequest } from '../../../lib/aws/aws-request';
import { type FakeAws, startFakeAws } from './fake-aws';

const REQUEST = { service: 'lambda', path: '/2015-03-31/functions/f/invocations', body: '{"a":1}', timeoutMs: 5_000 };

describe('a request to AWS', () => {
  let aws: FakeAws;

  beforeAll(async () => {
    aws = await startFakeAws();
  });

  beforeEach(() => aws.forget());

  afterAll(() => aws.close());

  it('is a POST, signed for the service and the region with the credentials of the function', async () => {
    await awsRequest({ ...REQUEST, headers: { 'x-amz-target': 'Some.Target' } });

    const [request] = aws.requests;
    expect(request).toMatchObject({ method: 'POST', path: REQUEST.path, body: REQUEST.body });
    expect(request?.headers['x-amz-target']).toBe('Some.Target');
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-east-1\/lambda\/aws4_request, SignedHeaders=.*x-amz-target.*, Signature=[0-9a-f]{64}$/,
    );
  });

  it.each([500, 503, 429, 403])('answers %i as it is, and is not repeated', async (status) => {
    aws.answer((response) => response.writeHead(status).end('no'));

    const answer = await awsRequest(REQUEST);

    expect([answer.status, await answer.text()]).toEqual([status, 'no']);
    expect(aws.requests).toHaveLength(1);
  });

  it('gives up after its time', async () => {
    aws.answer(() => undefined);

    await expect(awsRequest({ ...REQUEST, timeoutMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives up after its time while the answer is still coming', async () => {
    aws.answer((response) => void response.writeHead(200).write('{'));

    const answer = await awsRequest({ ...REQUEST, timeoutMs: 200 });

    await expect(answer.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('fails when nobody answers', async () => {
    aws.answer((response) => void response.destroy());

    await expect(awsRequest(REQUEST)).rejects.toThrow();
    expect(aws.requests).toHaveLength(1);
  });

  it('goes to the public endpoint of the service where the environment names no other', async () => {
    const { AWS_ENDPOINT_URL } = process.env;
    delete process.env.AWS_ENDPOINT_URL;
    const sent = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));

    await awsRequest({ ...REQUEST, service: 'secretsmanager', path: '/' });
    await awsRequest({ ...REQUEST, service: 'dynamodb', endpointPrefix: 'streams.dynamodb', path: '/' });

    const requests = sent.mock.calls.map(([input]) => input as Request);
    expect(requests.map(({ url }) => url)).toEqual([
      'https://secretsmanager.us-east-1.amazonaws.com/',
      'https://streams.dynamodb.us-east-1.amazonaws.com/',
    ]);
    expect(requests[1]?.headers.get('authorization')).toContain('/us-east-1/dynamodb/aws4_request');
    sent.mockRestore();
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  });
});
