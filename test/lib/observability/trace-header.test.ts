import {
  headerToTraceparent,
  parseTraceHeader,
  parseTraceparent,
  toTraceHeader,
  toTraceparent,
} from '../../../lib/observability/trace-header';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const SPAN_ID = '53995c3f42cd8ad8';
const PLACE = { traceId: TRACE_ID, spanId: SPAN_ID, isSampled: true };
const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';

describe('a place in a trace', () => {
  it('is the same in the form of W3C and in that of X-Ray', () => {
    const traceparent = `00-${TRACE_ID}-${SPAN_ID}-01`;
    const header = `${ROOT};Parent=${SPAN_ID};Sampled=1`;

    expect(parseTraceparent(traceparent)).toEqual(PLACE);
    expect(parseTraceHeader(header)).toEqual(PLACE);
    expect(toTraceparent(PLACE)).toBe(traceparent);
    expect(toTraceHeader(PLACE)).toBe(header);
    expect(headerToTraceparent(header)).toBe(traceparent);
  });

  it('keeps in both forms that it is not recorded', () => {
    const place = { ...PLACE, isSampled: false };

    expect(parseTraceparent(toTraceparent(place))).toEqual(place);
    expect(parseTraceHeader(toTraceHeader(place))).toEqual(place);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'trace'],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['upper-case digits', `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
    ['a version that is not known', `01-${TRACE_ID}-${SPAN_ID}-01`],
    ['something behind it', `00-${TRACE_ID}-${SPAN_ID}-01-x`],
  ])('is not in %s for a traceparent', (_, traceparent) => {
    expect(parseTraceparent(traceparent)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['Self without Root', 'Self=1-5759e988-bd862e3fe1be46a994272793'],
    ['a Root of another form', 'Root=2-5759e988-bd862e3fe1be46a994272793'],
  ])('is not in %s for a header', (_, header) => {
    expect(parseTraceHeader(header)).toBeUndefined();
    expect(headerToTraceparent(header)).toBeUndefined();
  });

  it.each([
    ['Sampled is missing', `${ROOT};Parent=${SPAN_ID}`, true],
    ['Sampled is a question', `${ROOT};Parent=${SPAN_ID};Sampled=?`, true],
    ['Sampled is 0', `${ROOT};Parent=${SPAN_ID};Sampled=0`, false],
    ['there is a load balancer before', `Self=1-5759e989-000000000000000000000000;${ROOT};Parent=${SPAN_ID}`, true],
    ['there is a lineage behind', `${ROOT};Parent=${SPAN_ID};Sampled=1;Lineage=1:5759e988:0`, true],
  ])('is read where %s', (_, header, isSampled) => {
    expect(parseTraceHeader(header)).toEqual({ ...PLACE, isSampled });
  });

  it('has a span in a header that names only the trace, the same at every look', () => {
    const place = parseTraceHeader(ROOT);

    expect(place).toMatchObject({ traceId: TRACE_ID, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(parseTraceHeader(ROOT)).toEqual(place);
  });
});
