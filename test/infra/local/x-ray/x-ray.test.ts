import { createSocket } from 'node:dgram';
import { LIMITS } from '../../../../infra/local/x-ray/traces';
import { openXRay, type XRay } from '../../../../infra/local/x-ray/x-ray';
import { type ManualClock, manualClock } from '../../../support/manual-clock';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const HEADER = '{"format": "json", "version": 1}\n';
const WORK = { name: 'work', service: 'lambda', kind: 'server' };

const aSegment = (more: object = {}) => ({
  name: 'GET /v1/orders',
  id: '53995c3f42cd8ad8',
  trace_id: ROOT,
  start_time: NOON / 1000 + 0.01,
  end_time: NOON / 1000 + 0.25,
  ...more,
});

describe('the X-Ray room', () => {
  let xRay: XRay;
  let clock: ManualClock;
  let notices: string[];
  const socket = createSocket('udp4');

  const get = (path: string, method = 'GET') => {
    const { status, headers, body } = xRay.handleHttp({ method, path });
    return { status, headers, document: JSON.parse(body) };
  };
  /** Sends datagrams, then waits until the one that was sent last has come. */
  const send = async (...datagrams: string[]) => {
    const last = aSegment({ trace_id: `1-00000000-${'f'.repeat(24)}`, name: String(Math.random()) });
    const [address = '', port] = xRay.daemonAddress.split(':');
    for (const datagram of [...datagrams, HEADER + JSON.stringify(last)]) {
      await new Promise((sent) => socket.send(datagram, Number(port), address, sent));
    }
    const hasCome = () => get(`/_local/traces/${last.trace_id}`).document.spans?.[0]?.name === last.name;
    while (!hasCome()) await new Promise((resume) => setImmediate(resume));
  };
  const sendDocument = (document: object) => send(HEADER + JSON.stringify(document));

  beforeEach(async () => {
    clock = manualClock(NOON);
    notices = [];
    xRay = await openXRay({ clock, onNotice: (line) => notices.push(line) });
  });
  afterEach(() => xRay.close());
  afterAll(() => socket.close());

  it('shows what functions sent and what the cloud did as one tree, with times from its beginning', async () => {
    const segment = xRay.beginSpan({ ...WORK, traceHeader: `Root=${ROOT}`, spanId: 'a'.repeat(16) });
    await clock.advance(300);
    segment.end();
    await sendDocument(
      aSegment({
        type: 'subsegment',
        parent_id: 'a'.repeat(16),
        fault: true,
        annotations: { status: 503 },
        metadata: { span: { kind: 'server', service: 'f', links: [{ trace_id: ROOT, id: 'b'.repeat(16) }] } },
      }),
    );

    const { status, headers, document } = get(`/_local/traces/${TRACE_ID}`);

    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
    const { children, ...work } = document.spans[0];
    expect(document).toMatchObject({ traceId: TRACE_ID, startedAt: '2031-05-06T12:00:00.000Z', durationMs: 300 });
    expect(document.spans).toHaveLength(1);
    expect(work).toEqual({
      ...WORK,
      ...{ startMs: 0, durationMs: 300, status: 'ok', spanId: 'a'.repeat(16), annotations: {}, links: [] },
    });
    expect(children).toEqual([
      {
        ...{ name: 'GET /v1/orders', kind: 'server', service: 'f', startMs: 10, durationMs: 240, status: 'fault' },
        ...{ spanId: '53995c3f42cd8ad8', annotations: { status: 503 }, children: [] },
        links: [{ traceId: TRACE_ID, spanId: 'b'.repeat(16) }],
      },
    ]);
  });

  it('orders by beginnings, and puts at the top what has no known cause', async () => {
    const spans = [
      ['late', 20, 'root'],
      ['early', 10, 'root'],
      ['root', 0, undefined],
      ['stray', 5, 'nobody'],
    ] as const;
    const idOf = (name: string) => Buffer.from(name.padEnd(8)).toString('hex');
    for (const [name, afterMs, parent] of spans) {
      const traceHeader = `Root=${ROOT}${parent === undefined ? '' : `;Parent=${idOf(parent)}`}`;
      xRay.beginSpan({ ...WORK, name, traceHeader, spanId: idOf(name), startedAt: NOON - 100 + afterMs }).end();
    }

    const { document } = get(`/_local/traces/${ROOT}`);

    type Node = { name: string; children: Node[] };
    const names = (nodes: Node[]): unknown[] => nodes.map(({ name, children }) => [name, ...names(children)]);
    expect(names(document.spans)).toEqual([['root', ['early'], ['late']], ['stray']]);
  });

  it('shows spans that name each other as their cause, too', () => {
    const one = { traceHeader: `Root=${ROOT};Parent=${'b'.repeat(16)}`, spanId: 'a'.repeat(16) };
    const other = { traceHeader: `Root=${ROOT};Parent=${'a'.repeat(16)}`, spanId: 'b'.repeat(16) };
    for (const span of [one, other]) xRay.beginSpan({ ...WORK, ...span }).end();

    expect(get(`/_local/traces/${TRACE_ID}`).document.spans).toMatchObject([{ children: [{ children: [] }] }]);
  });

  it('takes subsegments within a segment, and what is in progress when it has ended', async () => {
    const child = { ...aSegment({ name: 'call', id: 'c'.repeat(16), namespace: 'remote', throttle: true }) };
    const { end_time: _, ...unended } = aSegment();
    await sendDocument({ ...unended, in_progress: true, subsegments: [child] });
    expect(get(`/_local/traces/${TRACE_ID}`).document.spans).toMatchObject([{ name: 'call', kind: 'client' }]);

    await sendDocument(aSegment({ subsegments: [child], error: true }));

    expect(get(`/_local/traces/${TRACE_ID}`).document.spans).toMatchObject([
      {
        status: 'error',
        kind: 'internal',
        children: [{ name: 'call', status: 'throttle', service: 'GET /v1/orders' }],
      },
    ]);
  });

  it.each([
    ['that is not JSON', 'nothing'],
    ['of another version', `{"format": "json", "version": 2}\n${JSON.stringify(aSegment())}`],
    ['without a trace', HEADER + JSON.stringify(aSegment({ trace_id: TRACE_ID }))],
    ['without an id', HEADER + JSON.stringify(aSegment({ id: 1 }))],
    ['without a name', HEADER + JSON.stringify(aSegment({ name: undefined }))],
    ['with a subsegment that is none', HEADER + JSON.stringify(aSegment({ subsegments: [{}] }))],
  ])('gives notice of a document %s, and goes on', async (_, datagram) => {
    await send(datagram);

    expect(notices).toEqual([expect.stringMatching(/^lost: a segment document for X-Ray: ./)]);
  });

  it('lists the newest traces first', async () => {
    xRay.beginSpan({ ...WORK, name: 'old', traceHeader: `Root=${ROOT}` }).end();
    const young = xRay.beginSpan({ ...WORK, name: 'young' });
    xRay.beginSpan({ ...WORK, name: 'within', traceHeader: young.traceHeader }).end('fault');
    await clock.advance(7);
    young.end();

    const { items } = get('/_local/traces').document;
    expect(items).toMatchObject([
      { name: 'young', spanCount: 2, status: 'fault', durationMs: 7 },
      { traceId: TRACE_ID, name: 'old', spanCount: 1, status: 'ok', startedAt: '2031-05-06T12:00:00.000Z' },
    ]);
  });

  it('keeps the last thousand traces, and lists a hundred', () => {
    xRay.beginSpan({ ...WORK, traceHeader: `Root=${ROOT}` }).end();
    for (let i = 1; i < LIMITS.traces; i += 1) xRay.beginSpan(WORK).end();
    expect(get(`/_local/traces/${TRACE_ID}`).status).toBe(200);

    xRay.beginSpan(WORK).end();

    expect(get(`/_local/traces/${TRACE_ID}`).status).toBe(404);
    expect(get('/_local/traces').document.items).toHaveLength(100);
  });

  it('keeps so many spans of a trace, and so many in all', () => {
    const within = (root: string, count: number) => {
      for (let i = 0; i < count; i += 1) xRay.beginSpan({ ...WORK, traceHeader: `Root=${root}` }).end();
    };
    within(ROOT, LIMITS.spansOfTrace + 1);
    expect(get(`/_local/traces/${ROOT}`).document.spans).toHaveLength(LIMITS.spansOfTrace);

    for (let i = 1; i < LIMITS.spans / LIMITS.spansOfTrace; i += 1) {
      within(`1-00000000-${String(i).padStart(24, '0')}`, LIMITS.spansOfTrace);
    }
    expect(get(`/_local/traces/${ROOT}`).status).toBe(200);
    xRay.beginSpan(WORK).end();

    expect(get(`/_local/traces/${ROOT}`).status).toBe(404);
  });

  it.each([
    ['GET', '/_local/traces/1-00000000-000000000000000000000000', 404, 'NOT_FOUND'],
    ['GET', '/_local/traces/nothing', 404, 'NOT_FOUND'],
    ['POST', '/_local/traces', 405, 'METHOD_NOT_ALLOWED'],
  ])('answers %s %s with a problem', (method, path, status, code) => {
    const answer = get(path, method);

    expect(answer).toMatchObject({ status, document: { status, code, detail: expect.any(String) } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });
});
