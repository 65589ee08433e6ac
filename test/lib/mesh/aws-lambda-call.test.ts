import '../../support/environment';
import { inventory } from '../../../functions/inventory/contract';
import { ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { startXrayDaemon } from '../../support/xray-daemon';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

const priceItems = query(inventory, 'price-items');
const PRICES = { prices: [{ sku: 'MUG-01', unitPriceCents: 1200, currency: 'EUR' }] };
const ask = (timeoutMs = 5_000) => callService(priceItems, { skus: ['MUG-01'] }, { timeoutMs });

describe('a call of another service', () => {
  let aws: FakeAws;

  beforeAll(async () => {
    aws = await startFakeAws();
  });

  beforeEach(() => aws.forget());

  afterAll(() => aws.close());

  it('invokes the function that the contract names, and answers its output', async () => {
    aws.answer((response) => response.end(JSON.stringify(PRICES)));

    await expect(ask()).resolves.toEqual(PRICES);

    expect(aws.requests.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: '/2015-03-31/functions/holdfast-test-inventory-price-items/invocations',
        body: '{"skus":["MUG-01"]}',
      },
    ]);
  });

  it('goes on with the trace of the caller', async () => {
    const daemon = await startXrayDaemon();
    process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    aws.answer((response) => response.end(JSON.stringify(PRICES)));

    await ask();

    const [call] = await daemon.received(1);
    expect(call).toMatchObject({ name: 'inventory/price-items', namespace: 'remote', parent_id: '53995c3f42cd8ad8' });
    expect(aws.requests[0]?.headers['x-amzn-trace-id']).toBe(
      `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${call?.id};Sampled=1`,
    );
    daemon.close();
    delete process.env._X_AMZN_TRACE_ID;
  });

  it.each<[title: string, status: number, headers: Record<string, string>, body: string, why: string]>([
    ['fails', 200, { 'x-amz-function-error': 'Unhandled' }, '{"errorType":"Error"}', 'answered 200: {"errorType"'],
    ['is not there', 404, {}, '{}', 'answered 404'],
    ['may not be called', 403, {}, '{}', 'answered 403'],
    ['answers something else than its contract says', 200, {}, '{"prices":[{"sku":"A"}]}', 'breaks its contract'],
    ['answers null', 200, {}, 'null', 'breaks its contract'],
    ['answers no JSON', 200, {}, '<html>', 'JSON'],
  ])('is a service that is not available when it %s', async (_, status, headers, body, why) => {
    aws.answer((response) => response.writeHead(status, headers).end(body));

    const error: unknown = await ask().catch((reason) => reason);

    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error).toMatchObject({ message: 'the inventory service is not available at the moment', status: 503 });
    expect((error as { cause: Error }).cause.message).toContain(why);
    expect(aws.requests).toHaveLength(1);
  });

  it.each([
    ['is throttled', 429],
    ['fails in Lambda itself', 500],
  ])('is repeated when the function %s, at most twice', async (_, status) => {
    aws.answer((response) => response.writeHead(status).end('{}'));

    await expect(ask()).rejects.toThrow(ServiceUnavailableError);

    expect(aws.requests).toHaveLength(3);
  });

  it('is repeated when the connection is lost, and answers what the repeat brings', async () => {
    let calls = 0;
    aws.answer((response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else response.end(JSON.stringify(PRICES));
    });

    await expect(ask()).resolves.toEqual(PRICES);
  });

  it('tells where an answer breaks its contract, and not what stands there', async () => {
    aws.answer((response) => response.end('{"prices":[{"sku":"not a sku, but somebody\'s name"}]}'));

    const { cause } = (await ask().catch((reason) => reason)) as { cause: Error };

    expect(cause.message).toContain('prices[0].sku');
    expect(cause.message).not.toContain('somebody');
  });

  it('is a service that is not available when it does not answer in time', async () => {
    aws.answer(() => undefined);

    await expect(ask(50)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      cause: expect.objectContaining({ name: 'TimeoutError' }),
    });
  });

  it('keeps the beginning only of what a failing service answers', async () => {
    aws.answer((response) => response.writeHead(500).end('x'.repeat(10_000)));

    const error = (await ask().catch((reason) => reason)) as { cause: Error };

    expect(error.cause.message).toBe(`holdfast-test-inventory-price-items answered 500: ${'x'.repeat(500)}`);
  });
});
