import '../../../support/environment';
import { authorize } from '../../../../functions/gateway/handlers/authorize';
import { TokenInvalidError } from '../../../../functions/gateway/verify-token';
import { AUDIENCE, forge, ISSUER, makeTokenIssuer, NOW, NOW_SECONDS, type TokenIssuer } from '../token-issuer';

const methodArn = 'arn:aws:execute-api:us-east-1:000000000000:api123/dev/GET/v1/orders';
const rules = { issuer: ISSUER, audiences: [AUDIENCE] };
const clock = { now: () => NOW };

let issuer: TokenIssuer;
let logged: jest.SpyInstance;

beforeAll(async () => {
  issuer = await makeTokenIssuer();
});

beforeEach(() => {
  logged = jest.spyOn(console, 'info').mockImplementation(() => undefined);
});

afterEach(() => jest.restoreAllMocks());

const ask = (authorizationToken: string, keys = issuer.keys) =>
  authorize(rules, keys, clock)({ authorizationToken, methodArn });

describe('the authorizer', () => {
  it.each(['Bearer ', 'bearer ', 'Bearer  '])('takes a token after %j', async (scheme) => {
    const policy = await ask(scheme + (await issuer.sign()));

    expect(policy).toMatchObject({ principalId: 'alice', context: { customerId: 'alice' } });
    expect(policy.policyDocument.Statement[0]?.Effect).toBe('Allow');
  });

  it('answers a good token without a scope by a denial, which is a 403', async () => {
    const policy = await ask(`Bearer ${await issuer.sign({ scope: '' })}`);

    expect(policy.policyDocument.Statement).toMatchObject([{ Effect: 'Deny' }]);
  });

  it.each<[title: string, header: () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['the scheme only', () => 'Bearer '],
    ['a token without scheme', () => issuer.sign()],
    ['another scheme', async () => `Basic ${await issuer.sign()}`],
    ['no space', async () => `Bearer${await issuer.sign()}`],
    ['a space at the end', async () => `Bearer ${await issuer.sign()} `],
    ['a line break at the end', async () => `Bearer ${await issuer.sign()}\n`],
    ['two tokens', async () => `Bearer ${await issuer.sign()}, Bearer ${await issuer.sign()}`],
    ['an unsigned token', () => `Bearer ${forge({ alg: 'none' }, { sub: 'alice' })}`],
    ['an expired token', async () => `Bearer ${await issuer.sign({ exp: NOW_SECONDS - 31 })}`],
    ['a token of an unknown key', async () => `Bearer ${await issuer.sign({}, { kid: 'rsa-2' })}`],
    ['a token for somebody else', async () => `Bearer ${await issuer.sign({ aud: 'x' })}`],
    ['an id token', async () => `Bearer ${await issuer.sign({ token_use: 'id' })}`],
    ['a token of nine kilobytes', async () => `Bearer ${await issuer.sign({ note: 'x'.repeat(9216) })}`],
  ])('answers %s by the very message that is a 401', async (_, header) => {
    await expect(ask(await header())).rejects.toThrow(/^Unauthorized$/);
  });

  it('logs why a token is refused, and never the token', async () => {
    const token = await issuer.sign({ exp: NOW_SECONDS - 31 });

    await expect(ask(`Bearer ${token}`)).rejects.toThrow();

    const line = String(logged.mock.calls[0]?.[0]);
    expect(JSON.parse(line)).toMatchObject({ message: 'token refused', code: 'ERR_JWT_EXPIRED' });
    expect(line).not.toContain(token.split('.')[1]);
  });

  it('does not blame the token when the keys cannot be had', async () => {
    const noKeys = async () => {
      throw new TypeError('fetch failed');
    };

    const error: unknown = await ask(`Bearer ${await issuer.sign()}`, noKeys).catch((reason) => reason);

    expect(error).toMatchObject({ message: 'fetch failed' });
    expect(error).not.toBeInstanceOf(TokenInvalidError);
  });
});
