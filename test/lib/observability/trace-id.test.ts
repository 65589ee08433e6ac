import { digest } from '../../../lib/id';
import { currentTraceId } from '../../../lib/observability/trace-id';

afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
});

describe('the trace id', () => {
  it.each([
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    'Self=1-5759e988-000000000000000000000000;Root=1-5759e988-bd862e3fe1be46a994272793',
  ])('is the X-Ray root of %s, written together', (header) => {
    process.env._X_AMZN_TRACE_ID = header;

    expect(currentTraceId('request-1')).toBe('5759e988bd862e3fe1be46a994272793');
  });

  it.each([undefined, '', 'Root=1-short', 'Parent=53995c3f42cd8ad8'])(
    'is made from the request where the X-Ray header is %p',
    (header) => {
      if (header !== undefined) process.env._X_AMZN_TRACE_ID = header;

      expect(currentTraceId('request-1')).toMatch(/^[0-9a-f]{32}$/);
      expect(currentTraceId('request-1')).toBe(digest('request-1').slice(0, 32));
      expect(currentTraceId('request-1')).not.toBe(currentTraceId('request-2'));
    },
  );
});
