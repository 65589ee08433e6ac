import { randomUUID } from 'node:crypto';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

/** A span as `/_local/traces/{traceId}` shows it. */
interface SpanNode {
  readonly name: string;
  readonly service: string;
  readonly kind: string;
  readonly status: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>;
  readonly children: readonly SpanNode[];
}

interface Trace {
  readonly traceId: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly spans: readonly SpanNode[];
}

const GIVE_UP_AFTER_MS = 30_000;

describe('the trace of a request', () => {
  let system: LocalSystem;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
  }, 60_000);

  afterAll(() => system.close());

  async function readTrace(traceId: string, baseUrl = system.apiUrl): Promise<Trace> {
    return (await (await fetch(`${baseUrl}/_local/traces/${traceId}`)).json()) as Trace;
  }

  /** The trace once it has spans of all these names: what a request set going goes on after its answer. */
  async function traceWith(traceId: string, names: readonly string[]): Promise<Trace> {
    const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const trace = await readTrace(traceId);
      const missing = names.filter((name) => find(trace.spans ?? [], name) === undefined);
      if (missing.length === 0) return trace;
      if (Date.now() > giveUpAt) throw new Error(`${traceId} has no ${missing}: ${JSON.stringify(trace.spans)}`);
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }

  it('goes from the API through the function, the relay, the bus and the queue to the one who is told', async () => {
    const body = { title: 'Write it down' };
    const answer = await system.api.call('POST', '/v1/tasks', { key: randomUUID(), body });
    const traceId = answer.headers.get('x-trace-id') ?? '';

    const trace = await traceWith(traceId, ['handle task.created', 'POST /messages']);

    expect(trace).toMatchObject({ traceId, startedAt: expect.any(String), durationMs: expect.any(Number) });
    expect(trace.spans.map(({ name }) => name)).toEqual(['POST /v1/tasks']);
    const [path, event] = ['holdfast-dev-tasks-create-task', 'publish task.created'].map((name) =>
      pathTo(trace.spans, name).map((span) => `${span.name} (${span.service})`),
    );
    expect(path).toEqual(['POST /v1/tasks (api-gateway)', 'holdfast-dev-tasks-create-task (lambda)']);
    const inFunction = [...(path ?? []), 'POST /v1/tasks (holdfast-dev-tasks-create-task)'];
    expect(event).toEqual([...inFunction, 'publish task.created (holdfast-dev-tasks-relay-events)']);
    const { taskId } = answer.json;
    const queue = 'holdfast-dev-notifications-notify-customer';
    expect(names(trace.spans)).toEqual(
      expect.arrayContaining([`holdfast-dev-notifications-task-created → ${queue}`, queue]),
    );
    expect(find(trace.spans, queue)).toMatchObject({ service: 'sqs', kind: 'producer' });
    expect(find(trace.spans, 'handle task.created')).toMatchObject({
      kind: 'consumer',
      service: queue,
      status: 'ok',
      annotations: { correlationId: taskId, eventType: 'task.created' },
    });
    expect(pathTo(trace.spans, 'POST /messages').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['handle task.created', 'POST sender']),
    );
  });

  it('links what handles a message in it to the invocation that got the message, and back', async () => {
    const body = { title: 'Link it' };
    const answer = await system.api.call('POST', '/v1/tasks', { key: randomUUID(), body });
    const trace = await traceWith(answer.headers.get('x-trace-id') ?? '', ['handle task.created']);

    const [link] = find(trace.spans, 'handle task.created')?.links ?? [];
    const invocation = await traceWith(link?.traceId ?? '', ['holdfast-dev-notifications-notify-customer']);

    expect(link?.traceId).not.toBe(trace.traceId);
    expect(invocation.spans).toMatchObject([
      { name: 'holdfast-dev-notifications-notify-customer', service: 'lambda', links: [{ traceId: trace.traceId }] },
    ]);
  });

  it('goes on through the execution of the saga, its steps and the outside parties', async () => {
    await system.api.putStock('TRACE-01', 5);
    const placed = await system.api.placeOrder(orderBody({ sku: 'TRACE-01' }));
    const traceId = placed.headers.get('x-trace-id') ?? '';
    const { orderId } = placed.json;
    expect(await system.settled(orderId)).toMatchObject({ status: 'CONFIRMED' });

    const trace = await traceWith(traceId, ['holdfast-dev-place-order', 'handle order.confirmed']);

    expect(trace.spans.map(({ name }) => name)).toEqual(['POST /v1/orders']);
    const execution = find(trace.spans, 'holdfast-dev-place-order');
    expect(execution).toMatchObject({ service: 'step-functions', annotations: { execution: orderId }, status: 'ok' });
    const steps = execution?.children.map(({ name }) => name);
    expect(steps).toEqual(['ReserveStock', 'ChargePayment', 'CreateShipment', 'ConfirmOrder']);
    expect(pathTo(execution?.children ?? [], 'POST /charges').map(({ name, service }) => [name, service])).toEqual([
      ['ChargePayment', 'step-functions'],
      ['holdfast-dev-payments-charge-payment', 'lambda'],
      ['ChargePayment', 'holdfast-dev-payments-charge-payment'],
      ['POST provider', 'holdfast-dev-payments-charge-payment'],
      ['POST /charges', 'holdfast-dev-sandbox-provider'],
    ]);
    const lines = system.logs.filter(({ text }) => text.includes('"step done"') && text.includes(orderId));
    const ids = lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    expect(ids.map((line) => [line.traceId, line.correlationId])).toEqual(lines.map(() => [traceId, orderId]));
    expect(lines).toHaveLength(4);
  });

  it('is shown at both addresses, in both forms of its id, and listed', async () => {
    const answer = await system.api.call('GET', '/v1/orders');
    const traceId = answer.headers.get('x-trace-id') ?? '';
    const trace = await traceWith(traceId, ['GET /v1/orders']);
    const xrayForm = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;

    expect(await readTrace(xrayForm, system.awsUrl)).toEqual(trace);
    const { items } = (await (await fetch(`${system.awsUrl}/_local/traces`)).json()) as { items: Trace[] };
    expect(items.map((item) => item.traceId)).toContain(traceId);
    expect((await fetch(`${system.apiUrl}/_local/traces/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('carries nothing of what the customer wrote', async () => {
    const { items } = (await (await fetch(`${system.apiUrl}/_local/traces`)).json()) as { items: Trace[] };
    const all = await Promise.all(items.map(({ traceId }) => readTrace(traceId)));

    for (const secret of ['Write it down', 'tok_ok', 'High St', 'Ada', 'Bearer']) {
      expect(JSON.stringify(all)).not.toContain(secret);
    }
  });

  it('costs no grant, and no document is lost', () => {
    expect(system.notices.filter((line) => /^(lost|denied)/.test(line))).toEqual([]);
    expect(system.errors).toEqual([]);
  });
});

function find(spans: readonly SpanNode[], name: string): SpanNode | undefined {
  return pathTo(spans, name).at(-1);
}

/** The spans from the top down to the first one of that name; empty when there is none. */
function pathTo(spans: readonly SpanNode[], name: string): SpanNode[] {
  for (const span of spans) {
    if (span.name === name) return [span];
    const path = pathTo(span.children, name);
    if (path.length > 0) return [span, ...path];
  }
  return [];
}

function names(spans: readonly SpanNode[]): string[] {
  return spans.flatMap(({ name, children }) => [name, ...names(children)]);
}
