import { parseCaller } from '../../../../infra/local/endpoint/protocol';

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIATEST/20310506/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
const SIGNED = { accessKeyId: 'AKIATEST', region: 'eu-west-1', service: 'sqs' };
const TRACE = { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793' };

describe('the caller of a request', () => {
  it.each([
    ['a signature', { authorization }, SIGNED],
    ['a session', { authorization, 'x-amz-security-token': 't' }, { ...SIGNED, sessionToken: 't' }],
    ['a trace', { authorization, ...TRACE }, { ...SIGNED, traceHeader: TRACE['x-amzn-trace-id'] }],
    ['a trace alone', TRACE, { traceHeader: TRACE['x-amzn-trace-id'] }],
    ['nothing', {}, {}],
  ])('is read from %s', (_, headers, caller) => {
    expect(parseCaller(headers)).toEqual(caller);
  });
});
