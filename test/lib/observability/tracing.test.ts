import { NotFoundError } from '../../../lib/errors/request-errors';
import {
  annotate,
  currentIds,
  currentTraceHeader,
  currentTraceId,
  currentTraceparent,
  inSpan,
} from '../../../lib/observability/tracing';
import { startXrayDaemon, type XrayDaemon } from '../../support/xray-daemon';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';
const OTHER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const invokedAs = (header: string) => {
  process.env._X_AMZN_TRACE_ID = header;
};
const nothing = async () => undefined;

describe('a span', () => {
  let daemon: XrayDaemon;

  beforeAll(async () => {
    daemon = await startXrayDaemon();
  });
  beforeEach(() => {
    daemon.forget();
    invokedAs(`Root=${ROOT};Parent=${PARENT};Sampled=1`);
  });
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
  });
  afterAll(() => daemon.close());

  it('is a part of the invocation, and has begun and ended when it is sent', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_900_000_000_123);
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'holdfast-test-orders-get-order';

    await inSpan('GET /v1/orders/{orderId}', { kind: 'server' }, async () => {
      clock.mockReturnValue(1_900_000_000_456);
    });

    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
    clock.mockRestore();
    const [document] = await daemon.received(1);
    expect(document).toEqual({
      name: 'GET /v1/orders/orderId',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_id: ROOT,
      type: 'subsegment',
      parent_id: PARENT,
      start_time: 1_900_000_000.123,
      end_time: 1_900_000_000.456,
      annotations: {},
      metadata: { span: { kind: 'server', service: 'holdfast-test-orders-get-order' } },
    });
  });

  it('answers what is run in it', async () => {
    expect(await inSpan('sum', {}, async () => 2 + 2)).toBe(4);
    expect(await daemon.received(1)).toHaveLength(1);
  });

  it('has the spans within it for children, those after a pause too', async () => {
    await inSpan('outer', {}, async () => {
      await new Promise((resume) => setImmediate(resume));
      await inSpan('inner', { kind: 'client' }, nothing);
    });

    const [inner, outer] = await daemon.received(2);
    expect(inner).toMatchObject({ name: 'inner', parent_id: outer?.id, trace_id: ROOT, namespace: 'remote' });
    expect(outer).toMatchObject({ name: 'outer', parent_id: PARENT });
  });

  it('keeps apart what runs side by side', async () => {
    const one = (name: string) =>
      inSpan(name, {}, async () => {
        await new Promise((resume) => setImmediate(resume));
        await inSpan(`in ${name}`, {}, nothing);
      });

    await Promise.all([one('a'), one('b')]);

    const documents = await daemon.received(4);
    const idOf = (name: string) => documents.find((document) => document.name === name)?.id;
    expect(documents.find(({ name }) => name === 'in a')?.parent_id).toBe(idOf('a'));
    expect(documents.find(({ name }) => name === 'in b')?.parent_id).toBe(idOf('b'));
  });

  it('is in the trace of a parent elsewhere, with a link to the invocation', async () => {
    await inSpan('batch', {}, () =>
      inSpan('order.confirmed', { kind: 'consumer', parent: OTHER, links: [currentTraceparent() ?? ''] }, nothing),
    );

    const [message, batch] = await daemon.received(2);
    expect(message).toMatchObject({
      trace_id: '1-0af76519-16cd43dd8448eb211c80319c',
      parent_id: 'b7ad6b7169203331',
      metadata: { span: { kind: 'consumer', links: [{ trace_id: ROOT, id: batch?.id }] } },
    });
  });

  it('goes on where it is when the parent cannot be read', async () => {
    await inSpan('outer', {}, () => inSpan('inner', { parent: 'nobody', links: ['nothing'] }, nothing));

    const [inner, outer] = await daemon.received(2);
    expect(inner).toMatchObject({ parent_id: outer?.id, metadata: { span: { kind: 'internal' } } });
  });

  it('begins a trace where there is none, with the second in which it begins', async () => {
    delete process.env._X_AMZN_TRACE_ID;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0x5759e988 * 1_000 + 999);

    await inSpan('root', {}, nothing);
    await inSpan('root', {}, nothing);

    clock.mockRestore();
    const [one, other] = await daemon.received(2);
    expect(one?.trace_id).toMatch(/^1-5759e988-[0-9a-f]{24}$/);
    expect(one).not.toHaveProperty('parent_id');
    expect(one).not.toHaveProperty('type');
    expect(other?.trace_id).not.toBe(one?.trace_id);
  });

  it('notes an error by its name, and throws it on', async () => {
    const error = new TypeError('the card 4111 is not valid');

    await expect(inSpan('failing', {}, () => Promise.reject(error))).rejects.toBe(error);

    const [document] = await daemon.received(1);
    expect(document).toMatchObject({ fault: true, annotations: { errorName: 'TypeError' } });
    expect(JSON.stringify(document)).not.toContain('4111');
  });

  it('notes also what is thrown and no error', async () => {
    await expect(inSpan('failing', {}, () => Promise.reject(undefined))).rejects.toBeUndefined();

    expect(await daemon.received(1)).toMatchObject([{ fault: true, annotations: { errorName: 'Error' } }]);
  });

  it('tells a refusal from a failure', async () => {
    const refused = inSpan('refused', {}, () => Promise.reject(new NotFoundError('order', 'ord_1')));

    await expect(refused).rejects.toThrow();

    const [document] = await daemon.received(1);
    expect(document).toMatchObject({ error: true, annotations: { status: 404, code: 'NOT_FOUND' } });
    expect(document).not.toHaveProperty('fault');
  });

  it.each<[status: number, failure: object]>([
    [200, {}],
    [404, { error: true }],
    [429, { error: true, throttle: true }],
    [503, { fault: true }],
  ])('that is annotated with the status %d says whose fault it is', async (status, failure) => {
    await inSpan('answering', {}, async () => annotate({ status }));

    const [{ error, fault, throttle, http } = {}] = await daemon.received(1);
    expect(JSON.parse(JSON.stringify({ error, fault, throttle }))).toEqual(failure);
    expect(http).toEqual({ response: { status } });
  });

  it('carries ids, names and numbers, and nothing that is not in the list', async () => {
    const attributes = { correlationId: 'ord_1', sequence: 2, email: 'ada@example.com', step: undefined };

    await inSpan('noting', { attributes }, nothing);

    const [document] = await daemon.received(1);
    expect(document?.annotations).toEqual({ correlationId: 'ord_1', sequence: 2 });
  });

  it('is cut where X-Ray would refuse it', async () => {
    await inSpan(`${'n'.repeat(300)}`, { attributes: { code: 'c'.repeat(2_000) } }, nothing);
    await inSpan('{}', {}, nothing);

    const [document, nameless] = await daemon.received(2);
    expect(document).toMatchObject({ name: 'n'.repeat(200), annotations: { code: 'c'.repeat(1_000) } });
    expect(nameless?.name).toBe('span');
  });

  it('of a trace that is not recorded is not sent, and neither are those within it', async () => {
    invokedAs(`Root=${ROOT};Parent=${PARENT};Sampled=0`);
    await inSpan('outer', {}, async () => {
      expect(currentTraceparent()).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`));
      await inSpan('inner', {}, nothing);
    });

    invokedAs(`Root=${ROOT};Parent=${PARENT};Sampled=1`);
    await inSpan('seen', {}, nothing);

    expect(await daemon.received(1)).toMatchObject([{ name: 'seen' }]);
  });

  it('has left the process when the outermost resolves', async () => {
    const sent: string[] = [];
    const { Socket } = jest.requireActual<typeof import('node:dgram')>('node:dgram');
    const send = jest.spyOn(Socket.prototype, 'send').mockImplementation(((...args: unknown[]) => {
      setImmediate(() => {
        sent.push(String(args[0]));
        (args.at(-1) as () => void)();
      });
    }) as never);

    await inSpan('outer', {}, () => inSpan('inner', {}, nothing));

    expect(sent).toHaveLength(2);
    send.mockRestore();
  });

  it('is lost, and fails nothing, when nobody listens or it cannot be sent', async () => {
    const { AWS_XRAY_DAEMON_ADDRESS: address } = process.env;
    const { Socket } = jest.requireActual<typeof import('node:dgram')>('node:dgram');
    const send = jest.spyOn(Socket.prototype, 'send');
    for (const other of ['127.0.0.1:1', 'daemon', '']) {
      process.env.AWS_XRAY_DAEMON_ADDRESS = other;
      expect(await inSpan('lost', {}, async () => 'done')).toBe('done');
    }
    expect(send).toHaveBeenCalledTimes(1);
    send.mockImplementation((() => {
      throw new Error('no');
    }) as never);
    process.env.AWS_XRAY_DAEMON_ADDRESS = address;
    expect(await inSpan('lost', {}, async () => 'done')).toBe('done');
    send.mockRestore();
  });
});

describe('the place in the trace', () => {
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
  });

  it('is the span that is active, in both forms', async () => {
    await inSpan('here', { parent: OTHER }, async () => {
      const [, spanId] =
        /^00-0af7651916cd43dd8448eb211c80319c-([0-9a-f]{16})-01$/.exec(currentTraceparent() ?? '') ?? [];
      expect(spanId).not.toBe('b7ad6b7169203331');
      expect(currentTraceHeader()).toBe(`Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${spanId};Sampled=1`);
      expect(currentTraceId()).toBe('0af7651916cd43dd8448eb211c80319c');
    });
  });

  it('outside of spans is what Lambda says', () => {
    invokedAs(`Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=1:5759e988:0`);

    expect(currentTraceparent()).toBe(`00-${TRACE_ID}-${PARENT}-01`);
    expect(currentTraceHeader()).toBe(`Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=1:5759e988:0`);
    expect(currentTraceId()).toBe(TRACE_ID);
  });

  it('has the lineage of the invocation in its own trace only', async () => {
    invokedAs(`Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=1:5759e988:0`);

    await inSpan('own', {}, async () => expect(currentTraceHeader()).toMatch(/;Lineage=1:5759e988:0$/));
    await inSpan('other', { parent: OTHER }, async () => expect(currentTraceHeader()).not.toContain('Lineage'));
  });

  it('is nowhere where nothing says so', () => {
    expect(currentTraceparent()).toBeUndefined();
    expect(currentTraceHeader()).toBeUndefined();
    expect(currentIds()).toEqual({});
    expect(() => currentTraceId()).toThrow('there is no trace');
  });

  it('knows the business process that the nearest span names', async () => {
    await inSpan('step', { attributes: { correlationId: 'ord_1' } }, async () => {
      await inSpan('call', {}, async () => {
        expect(currentIds()).toEqual({ traceId: currentTraceId(), correlationId: 'ord_1' });
      });
      await inSpan('message', { parent: OTHER }, async () => {
        expect(currentIds()).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c' });
      });
    });
  });
});
