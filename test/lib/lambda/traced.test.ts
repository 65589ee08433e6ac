import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { httpHandler } from '../../../lib/lambda/http-handler';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { scheduleHandler } from '../../../lib/lambda/schedule-handler';
import { stepHandler } from '../../../lib/lambda/step-handler';
import { urlHandler } from '../../../lib/lambda/url-handler';
import { log } from '../../../lib/observability/log';
import { defineService } from '../../../lib/service/contract';
import { aCommand, clock, ORDER_ID } from '../../support/a-command';
import { aContext, aUrlEvent } from '../../support/a-url-event';
import { startXrayDaemon, type XrayDaemon } from '../../support/xray-daemon';
import { anApiEvent } from '../an-api-event';

const route = {
  method: 'GET',
  path: '/v1/kettles/{name}',
  operationId: 'look',
  summary: 'Look at it',
  scope: null,
  pathParameters: { name: v.string() },
  answers: { 200: { description: 'It is there', body: v.looseObject({}) } },
} as const;

const kettle = defineService({
  name: 'kettle',
  version: '1.0.0',
  summary: 'Boils water.',
  handlers: {
    look: { trigger: { kind: 'http', routes: [route] }, timeoutSeconds: 10 },
    ask: { trigger: { kind: 'query', input: v.any(), output: v.any() }, timeoutSeconds: 10 },
    boil: {
      trigger: { kind: 'step', name: 'Boil', command: v.any(), result: v.any() },
      timeoutSeconds: 10,
    },
  },
});

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const INVOCATION = { parent_id: '53995c3f42cd8ad8', trace_id: ROOT };
const CONTEXT = { awsRequestId: 'request-1' } as Context;
const boilAway = async () => {
  log('info', 'boiling');
  return {};
};
const fail = (error: Error) => async () => {
  throw error;
};

describe('an invocation as a span', () => {
  let daemon: XrayDaemon;
  let lines: Array<Record<string, unknown>>;

  beforeAll(async () => {
    daemon = await startXrayDaemon();
  });
  beforeEach(() => {
    daemon.forget();
    process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${INVOCATION.parent_id};Sampled=1`;
    lines = [];
    const capture = (line: unknown) => void lines.push(JSON.parse(String(line)));
    for (const level of ['info', 'warn', 'error'] as const)
      jest.spyOn(console, level).mockImplementation(capture as () => void);
  });
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
    jest.restoreAllMocks();
  });
  afterAll(() => daemon.close());

  const look = (useCase: Parameters<typeof httpHandler<typeof kettle, 'look'>>[2], headers = {}) =>
    httpHandler(kettle, 'look', useCase)(anApiEvent({ resource: route.path, path: { name: 'big' }, headers }), CONTEXT);

  it('is a request, with the status that was answered and the trace id that the caller gets', async () => {
    const { headers } = await look(async () => ({ status: 200, body: {} }));

    const [span] = await daemon.received(1);
    expect(span).toMatchObject({ ...INVOCATION, name: 'GET /v1/kettles/name', annotations: { status: 200 } });
    expect(headers?.['x-trace-id']).toBe(TRACE_ID);
  });

  it('is an error for a refused request, and a fault for a failed one', async () => {
    await look(fail(new NotFoundError('kettle', 'big')));
    await look(fail(new TypeError('no')));

    const [refused, failed] = await daemon.received(2);
    expect(refused).toMatchObject({ error: true, annotations: { status: 404, code: 'NOT_FOUND' } });
    expect(failed).toMatchObject({ fault: true, annotations: { status: 500 } });
    expect(lines).toMatchObject([{ message: 'request failed', traceId: TRACE_ID }]);
  });

  it('is in the trace of the gateway where Lambda tells none', async () => {
    delete process.env._X_AMZN_TRACE_ID;
    const other = '1-00000001-000000000000000000000001';

    const { headers } = await look(async () => ({ status: 200, body: {} }), { 'x-amzn-trace-id': `Root=${other}` });

    expect(await daemon.received(1)).toMatchObject([{ trace_id: other }]);
    expect(headers?.['x-trace-id']).toBe('00000001000000000000000000000001');
  });

  it('is a query by its name', async () => {
    await queryHandler(kettle, 'ask', async () => 'hot')({}, CONTEXT);

    expect(await daemon.received(1)).toMatchObject([{ ...INVOCATION, name: 'kettle/ask' }]);
  });

  it('is a step of its saga, and so is every line of the log', async () => {
    const boil = stepHandler(kettle, 'boil', boilAway, clock);
    await boil(aCommand('Boil', { orderId: ORDER_ID }), CONTEXT);
    await expect(boil(null, CONTEXT)).rejects.toMatchObject({ name: 'InvalidCommandError' });

    const [done, refused] = await daemon.received(2);
    const annotations = { step: 'Boil', sagaId: ORDER_ID, correlationId: ORDER_ID };
    expect(done).toMatchObject({ ...INVOCATION, name: 'Boil', annotations });
    expect(refused).toMatchObject({ name: 'Boil', annotations: { step: 'Boil', errorName: 'InvalidCommandError' } });
    expect(lines[0]).toMatchObject({ message: 'boiling', traceId: TRACE_ID, correlationId: ORDER_ID });
  });

  it('is a job', async () => {
    await scheduleHandler(async () => ({ swept: 1 }))({}, CONTEXT);

    expect(await daemon.received(1)).toMatchObject([{ ...INVOCATION, name: 'job' }]);
    expect(lines).toMatchObject([{ message: 'job done', traceId: TRACE_ID }]);
  });

  const kettleUrl = urlHandler(
    { 'GET /kettles/{name}': async () => ({ status: 200, body: {} }) },
    async () => 's3cret',
  );

  it('is a route of a function URL, in the trace that its caller names', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const answer = await kettleUrl(aUrlEvent('GET /kettles/big', { headers: { traceparent } }), aContext(1_000));

    const [span] = await daemon.received(1);
    const links = [{ trace_id: ROOT, id: INVOCATION.parent_id }];
    expect(span).toMatchObject({
      name: 'GET /kettles/name',
      trace_id: '1-0af76519-16cd43dd8448eb211c80319c',
      parent_id: 'b7ad6b7169203331',
      metadata: { span: { kind: 'server', links } },
    });
    expect(answer).toMatchObject({ headers: { 'x-trace-id': '0af7651916cd43dd8448eb211c80319c' } });
  });

  it('is in its own trace without such a caller', async () => {
    await kettleUrl(aUrlEvent('GET /pots'), aContext(1_000));

    expect(await daemon.received(1)).toMatchObject([{ ...INVOCATION, name: 'unknown route', error: true }]);
  });
});
