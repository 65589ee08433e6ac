import { createHmac } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWTHeaderParameters } from 'jose';
import { remoteKeys, TokenInvalidError, verifyToken } from '../../../functions/gateway/verify-token';
import {
  AUDIENCE,
  claimsOfAlice,
  forge,
  ISSUER,
  makeTokenIssuer,
  NOW,
  NOW_SECONDS,
  type TokenIssuer,
} from './token-issuer';

const RULES = { issuer: ISSUER, audiences: [AUDIENCE, 'second-client'] };

let issuer: TokenIssuer;

beforeAll(async () => {
  issuer = await makeTokenIssuer();
});

const verify = (token: string) => verifyToken(token, RULES, issuer.keys, NOW);

describe('an access token', () => {
  it.each(['RS256', 'ES256'])('signed by %s proves who its bearer is', async (alg) => {
    const token = await issuer.sign({ client_id: 'web' }, { alg });

    await expect(verify(token)).resolves.toEqual({
      customerId: 'alice',
      clientId: 'web',
      scopes: ['orders:read', 'orders:write'],
    });
  });

  it.each<[title: string, claims: Record<string, unknown>]>([
    ['our audience among others', { aud: ['other', AUDIENCE] }],
    ['the second of our audiences', { aud: 'second-client' }],
    ["Cognito's form: client_id and no aud", { aud: undefined, client_id: AUDIENCE, token_use: 'access' }],
    ['an expiry 29 s ago', { exp: NOW_SECONDS - 29 }],
    ['a beginning in 30 s', { nbf: NOW_SECONDS + 30 }],
    ['no time of issue', { iat: undefined }],
  ])('may have %s', async (_, claims) => {
    await expect(verify(await issuer.sign(claims))).resolves.toMatchObject({ customerId: 'alice' });
  });

  it.each([
    ["Cognito's form", 'holdfast/orders:read holdfast/ops', ['orders:read', 'ops']],
    ['another resource server', 'other/orders:read', ['other/orders:read']],
    ['a list', ['orders:read'], []],
    ['no scope', undefined, []],
  ])('has the scopes of %s', async (_, scope, scopes) => {
    expect((await verify(await issuer.sign({ scope }))).scopes).toEqual(scopes);
  });
});

describe('a token that proves nothing', () => {
  it.each<[title: string, claims: Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://evil.invalid' }],
    ['of our issuer with a slash more', { iss: `${ISSUER}/` }],
    ['of no issuer', { iss: undefined }],
    ['for another audience', { aud: 'somebody-else' }],
    ['for another audience that names us as client', { aud: 'somebody-else', client_id: AUDIENCE }],
    ['for nobody', { aud: [] }],
    ['without audience and client', { aud: undefined }],
    ['for another client', { aud: undefined, client_id: 'somebody-else' }],
    ['expired 30 s ago', { exp: NOW_SECONDS - 30 }],
    ['without expiry', { exp: undefined }],
    ['with an expiry that is no number', { exp: 'never' }],
    ['that begins in 31 s', { nbf: NOW_SECONDS + 31 }],
    ['that is an id token', { token_use: 'id' }],
    ['without subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject of 256 characters', { sub: 'x'.repeat(256) }],
    ['of nine kilobytes', { note: 'x'.repeat(9 * 1024) }],
  ])('%s is refused', async (_, claims) => {
    await expect(verify(await issuer.sign(claims))).rejects.toThrow(TokenInvalidError);
  });

  it.each<[title: string, header: Partial<JWTHeaderParameters>]>([
    ['RS512', { alg: 'RS512' }],
    ['PS256', { alg: 'PS256' }],
  ])('because it is signed by our key with %s is refused', async (_, header) => {
    const key = await importJWK(await exportJWK(issuer.rsa.privateKey), header.alg);

    await expect(verify(await issuer.sign({}, header, key))).rejects.toThrow(TokenInvalidError);
  });

  it('because it has no signature is refused', async () => {
    for (const alg of ['none', 'None', 'NONE', 'RS256', '']) {
      await expect(verify(forge({ alg, kid: 'rsa-1' }, claimsOfAlice()))).rejects.toThrow(TokenInvalidError);
    }
  });

  it('because it is signed with the public key as a shared secret is refused', async () => {
    const pem = await exportSPKI(issuer.rsa.publicKey);
    const unsigned = forge({ alg: 'HS256', kid: 'rsa-1' }, claimsOfAlice());
    const signature = createHmac('sha256', pem).update(unsigned.replace(/\.$/, '')).digest('base64url');

    await expect(verify(unsigned + signature)).rejects.toThrow(TokenInvalidError);
  });

  it('because its claims were changed after it was signed is refused', async () => {
    const [header, , signature] = (await issuer.sign()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...claimsOfAlice(), sub: 'bob' })).toString('base64url');

    await expect(verify(`${header}.${claims}.${signature}`)).rejects.toThrow(TokenInvalidError);
  });

  it('because its key is unknown is refused', async () => {
    await expect(verify(await issuer.sign({}, { kid: 'rsa-2' }))).rejects.toThrow(TokenInvalidError);
  });

  it('because it brings its own key is refused, whatever it calls it', async () => {
    const own = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'rsa-1' };

    const token = await issuer.sign({}, { jwk, kid: 'rsa-1' }, own.privateKey);

    await expect(verify(token)).rejects.toThrow(TokenInvalidError);
  });

  it('because it asks for a rule that we do not know is refused', async () => {
    const token = await issuer.sign();
    const unknownRule = forge({ alg: 'RS256', kid: 'rsa-1', crit: ['x'], x: 1 }, claimsOfAlice(), token.split('.')[2]);

    await expect(verify(unknownRule)).rejects.toThrow(TokenInvalidError);
  });

  it.each(['', '.', '..', 'a.b.c', 'not a token', 'e30.e30.e30'])('because it is %j is refused', async (token) => {
    await expect(verify(token)).rejects.toThrow(TokenInvalidError);
  });
});

const DISCOVERY = '/.well-known/openid-configuration';

describe('the keys of an issuer', () => {
  let server: Server;
  let url: string;
  let requests: string[];
  let answer: (response: ServerResponse) => void;
  let discover: (response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      if (request.url === DISCOVERY) discover(response);
      else answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    requests = [];
    answer = (response) => response.end(JSON.stringify(issuer.jwks));
    discover = (response) => response.end(JSON.stringify({ jwks_uri: `${url}/certs` }));
  });

  afterAll(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });

  const verifyWith = (keys: ReturnType<typeof remoteKeys>, token: string) => verifyToken(token, RULES, keys, NOW);

  it('are fetched at their first use and kept', async () => {
    const keys = remoteKeys(url);

    await verifyWith(keys, await issuer.sign());
    await verifyWith(keys, await issuer.sign({}, { alg: 'ES256' }));

    expect(requests).toEqual([DISCOVERY, '/certs']);
  });

  it('are not fetched anew within a minute for keys that are made up', async () => {
    const keys = remoteKeys(url);
    await verifyWith(keys, await issuer.sign());

    for (const kid of ['a', 'b', 'c']) {
      await expect(verifyWith(keys, await issuer.sign({}, { kid }))).rejects.toThrow(TokenInvalidError);
    }

    expect(requests).toEqual([DISCOVERY, '/certs']);
  });

  it('are not asked for by a token that is too long', async () => {
    await expect(verifyWith(remoteKeys(url), await issuer.sign({ note: 'x'.repeat(9000) }))).rejects.toThrow(
      'too long',
    );
    expect(requests).toEqual([]);
  });

  const FAILURES: ReadonlyArray<[title: string, how: (response: ServerResponse) => void]> = [
    ['drops the connection', (response) => void response.destroy()],
    ['answers 503', (response) => void response.writeHead(503).end('{}')],
    ['answers a page', (response) => void response.end('<html>')],
    ['answers something that is no key set', (response) => void response.end('{"keys":"none"}')],
  ];

  it.each(FAILURES)('are asked for again after a look for their address that %s', async (_, how) => {
    const keys = remoteKeys(url);
    const discoverWell = discover;
    discover = how;

    const error: unknown = await verifyWith(keys, await issuer.sign()).catch((reason) => reason);
    discover = discoverWell;

    expect(error).not.toBeInstanceOf(TokenInvalidError);
    await expect(verifyWith(keys, await issuer.sign())).resolves.toMatchObject({ customerId: 'alice' });
  });

  it.each(FAILURES)('that cannot be had are not the fault of the token: the key server %s', async (_, how) => {
    answer = how;

    const error: unknown = await verifyWith(remoteKeys(url), await issuer.sign()).catch((reason) => reason);

    expect(error).toHaveProperty('message');
    expect(error).not.toBeInstanceOf(TokenInvalidError);
  });

  it('that do not come in time are not the fault of the token', async () => {
    const cannotWait = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(timeoutError()));

    const error: unknown = await verifyWith(remoteKeys(url), await issuer.sign()).catch((reason) => reason);

    expect(cannotWait).toHaveBeenCalledWith(3_000);
    expect(error).not.toBeInstanceOf(TokenInvalidError);
    cannotWait.mockRestore();
  });
});

function timeoutError(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}
