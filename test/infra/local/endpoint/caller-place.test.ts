import { answerInPlace } from '../../../../infra/local/endpoint/caller-place';
import type { HttpRequest } from '../../../../infra/local/endpoint/protocol';

const HOME = { region: 'us-east-1', accountId: '000000000000' };
const HERE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

function signedBy(accessKeyId: string, region: string, parts: Partial<HttpRequest> = {}): HttpRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/states/aws4_request, Signature=x`;
  return { method: 'POST', path: '/', rawQuery: '', headers: { authorization }, body: Buffer.from(''), ...parts };
}

/** What a service is asked, and what its caller is answered, when the service answers with `body`. */
async function ask(request: HttpRequest, body = HERE) {
  let seen: HttpRequest | undefined;
  const answer = await answerInPlace(request, HOME, async (moved) => {
    seen = moved;
    return { status: 200, body };
  });
  return { seen, answered: String(answer.body) };
}

describe('the place of a caller', () => {
  it('is home for who says nothing else: nothing is touched', async () => {
    const request = signedBy('test', 'us-east-1', { body: Buffer.from(HERE) });

    const { seen, answered } = await ask(request);

    expect(seen).toBe(request);
    expect(answered).toBe(HERE);
  });

  it.each([
    ['test', 'eu-central-1', 'arn:aws:states:eu-central-1:000000000000:stateMachine:m'],
    ['123456789012', 'us-east-1', 'arn:aws:states:us-east-1:123456789012:stateMachine:m'],
    ['123456789012', 'eu-central-1', 'arn:aws:states:eu-central-1:123456789012:stateMachine:m'],
  ])('of key %s in %s is in the ARNs that it is shown and that it sends', async (key, region, there) => {
    const { seen, answered } = await ask(signedBy(key, region, { body: Buffer.from(`{"arn":"${there}"}`) }));

    expect(seen?.body.toString()).toBe(`{"arn":"${HERE}"}`);
    expect(answered).toBe(there);
  });

  it('is found in paths, where colons are encoded', async () => {
    const path = '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A000000000000%3Afunction%3Af/invocations';

    const { seen } = await ask(signedBy('test', 'eu-central-1', { path }));

    expect(seen?.path).toContain('arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af');
  });

  it('is in ARNs that have an account and no region', async () => {
    const { answered } = await ask(signedBy('123456789012', 'us-east-1'), 'arn:aws:iam::000000000000:role/r');

    expect(answered).toBe('arn:aws:iam::123456789012:role/r');
  });

  it('is in the URLs of queues', async () => {
    const { answered } = await ask(signedBy('123456789012', 'us-east-1'), 'http://127.0.0.1:4566/000000000000/q');

    expect(answered).toBe('http://127.0.0.1:4566/123456789012/q');
  });

  it('leaves ARNs of other places alone', async () => {
    const other = 'arn:aws:states:ap-south-1:999999999999:stateMachine:m';

    const { seen, answered } = await ask(signedBy('test', 'eu-central-1', { body: Buffer.from(other) }), other);

    expect([seen?.body.toString(), answered]).toEqual([other, other]);
  });
});
