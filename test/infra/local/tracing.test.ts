import {
  type EndedSpan,
  inSpan,
  newTraceHeader,
  openTracing,
  parseTraceHeader,
  statusOfAnswer,
  toTraceHeader,
} from '../../../infra/local/tracing';
import { manualClock } from '../../support/manual-clock';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';
const WORK = { name: 'work', service: 'lambda', kind: 'server' };

function someTracing() {
  const clock = manualClock(NOON);
  const recorded: EndedSpan[] = [];
  return { clock, recorded, beginSpan: openTracing(clock, (span) => recorded.push(span)) };
}

describe('a span of the local cloud', () => {
  it('goes on with the trace of its cause, and is the cause of what is within it', async () => {
    const { clock, recorded, beginSpan } = someTracing();

    const outer = beginSpan({ ...WORK, traceHeader: `Root=${ROOT};Parent=${PARENT};Sampled=1`, annotations: { n: 1 } });
    const inner = beginSpan({ ...WORK, name: 'inner', traceHeader: outer.traceHeader });
    await clock.advance(5);
    inner.end('error');
    await clock.advance(2);
    outer.end();

    const [{ spanId = '', ...first } = {}, second] = recorded;
    const outerId = second?.spanId;
    expect(first).toEqual({
      ...WORK,
      name: 'inner',
      traceId: TRACE_ID,
      parentId: outerId,
      startedAt: NOON,
      endedAt: NOON + 5,
      status: 'error',
      annotations: {},
      links: [],
    });
    expect(second).toMatchObject({ parentId: PARENT, endedAt: NOON + 7, status: 'ok', annotations: { n: 1 } });
    expect(outer.traceHeader).toBe(`Root=${ROOT};Parent=${outerId};Sampled=1`);
    expect(inner.traceHeader).toBe(`Root=${ROOT};Parent=${spanId};Sampled=1`);
  });

  it.each([undefined, '', 'Root=1-5-abc', 'Self=1-5759e988-bd862e3fe1be46a994272793'])(
    'begins a trace, with the second in which it begins, when its cause is %p',
    (traceHeader) => {
      const { recorded, beginSpan } = someTracing();

      beginSpan({ ...WORK, traceHeader }).end();

      expect(recorded[0]).not.toHaveProperty('parentId');
      expect(recorded[0]?.traceId).toMatch(new RegExp(`^${(NOON / 1000).toString(16)}[0-9a-f]{24}$`));
    },
  );

  it('is recorded unless its cause wants not to be', () => {
    const { recorded, beginSpan } = someTracing();

    for (const sampled of ['', ';Sampled=?', ';Sampled=1', ';Sampled=0']) {
      const span = beginSpan({ ...WORK, traceHeader: `Root=${ROOT}${sampled}` });
      span.end();
      expect(span.traceHeader).toContain(sampled === ';Sampled=0' ? ';Sampled=0' : ';Sampled=1');
    }

    expect(recorded).toHaveLength(3);
  });

  it('has the beginning, the id and the links that it is told', () => {
    const { recorded, beginSpan } = someTracing();
    const links = [`Root=${ROOT};Parent=${PARENT}`, `Root=${ROOT}`, 'nothing'];

    beginSpan({ ...WORK, startedAt: NOON - 1_000, spanId: 'a'.repeat(16), links }).end();

    expect(recorded[0]).toMatchObject({ startedAt: NOON - 1_000, endedAt: NOON, spanId: 'a'.repeat(16) });
    expect(recorded[0]?.links).toEqual([{ traceId: TRACE_ID, spanId: PARENT }]);
  });

  it('around something has its result, and knows when that failed', async () => {
    const { recorded, beginSpan } = someTracing();
    const failing = inSpan(beginSpan(WORK), () => Promise.reject(new Error('no')));

    expect(await inSpan(beginSpan(WORK), async () => 3)).toBe(3);
    expect(
      await inSpan(
        beginSpan(WORK),
        async () => 4,
        (result) => result > 3,
      ),
    ).toBe(4);
    await expect(failing).rejects.toThrow('no');

    expect(recorded.map(({ status }) => status).sort()).toEqual(['fault', 'fault', 'ok']);
  });
});

describe('a trace header', () => {
  it('is read back as it was written', () => {
    const place = { traceId: TRACE_ID, parentId: PARENT, isSampled: false };

    expect(parseTraceHeader(toTraceHeader(place))).toEqual(place);
    expect(parseTraceHeader(`Self=1;Root=${ROOT}; Parent=${PARENT};Sampled=0;Lineage=1:2:3`)).toEqual(place);
  });

  it('of a new trace says whether it is recorded', () => {
    expect(newTraceHeader(NOON, false)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
  });
});

describe('a status of HTTP', () => {
  it.each([
    [200, 'ok'],
    [404, 'error'],
    [429, 'throttle'],
    [503, 'fault'],
  ])('%d is that of a span which is %s', (status, expected) => {
    expect(statusOfAnswer(status)).toBe(expected);
  });
});
