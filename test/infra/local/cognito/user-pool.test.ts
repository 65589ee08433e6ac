import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Clock } from '../../../../infra/local/clock';
import { openUserPool, type PoolAnswer, type UserPool } from '../../../../infra/local/cognito/user-pool';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { memoryStore } from '../../../support/memory-store';

const NOW = Date.UTC(2026, 10, 24, 5, 38, 0, 700);
const NOW_SECONDS = Math.floor(NOW / 1000);
const clock: Clock = { now: () => NOW, after: () => () => undefined };
const issuer = 'http://127.0.0.1:3000';
const resourceServer = { identifier: 'shop', scopes: ['things:read', 'things:write'] };

const poolOn = (store: KeyValueStore, more: object = {}) =>
  openUserPool({ store, clock, issuer, audience: 'client-1', resourceServer, ...more });

function ask(pool: UserPool, target: string, body = '') {
  const [method = '', rawPath = ''] = target.split(' ');
  return pool.handle({ method, rawPath, body: Buffer.from(body) });
}

const askToken = (pool: UserPool, body: string) => ask(pool, 'POST /oauth2/token', body);

/** The members of the pool's documents that tests look into. */
interface PoolDocument {
  access_token: string;
  expires_in: number;
  error: string;
  keys: JSONWebKeySet['keys'];
}

function documentOf(answer: PoolAnswer | undefined): PoolDocument {
  return JSON.parse(answer?.body.toString('utf8') ?? 'null');
}

describe('a user pool', () => {
  let store: KeyValueStore;
  let pool: UserPool;

  // Making a 2048-bit key takes a noticeable time, so that the tests share one.
  beforeAll(async () => {
    store = memoryStore();
    pool = await poolOn(store);
  });

  test('issues access tokens that its published keys verify', async () => {
    const answer = await askToken(
      pool,
      'grant_type=client_credentials&sub=ada&scope=things%3Aread+shop%2Fthings%3Awrite',
    );

    const { access_token: token, ...rest } = documentOf(answer);
    const keys = documentOf(await ask(pool, 'GET /.well-known/jwks.json'));
    const checks = { issuer, audience: 'client-1', algorithms: ['RS256'], currentDate: new Date(NOW) };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), checks);
    expect(answer?.status).toBe(200);
    expect(answer?.headers['Cache-Control']).toBe('no-store');
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600 });
    expect(payload).toEqual({
      iss: issuer,
      sub: 'ada',
      aud: 'client-1',
      client_id: 'client-1',
      token_use: 'access',
      scope: 'things:read shop/things:write',
      auth_time: NOW_SECONDS,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 3600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('publishes one RS256 key of 2048 bits and nothing private', async () => {
    const { keys } = documentOf(await ask(pool, 'GET /.well-known/jwks.json'));
    const { access_token: token } = documentOf(await askToken(pool, 'grant_type=client_credentials'));
    const [key] = keys;

    expect(keys).toEqual([
      { kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB', n: expect.any(String), kid: decodeProtectedHeader(token).kid },
    ]);
    expect(Buffer.from(String(key?.n), 'base64url')).toHaveLength(2048 / 8);
  });

  test('names its endpoints in the discovery document', async () => {
    const answer = await ask(pool, 'GET /.well-known/openid-configuration');

    expect(documentOf(answer)).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      token_endpoint: `${issuer}/oauth2/token`,
      scopes_supported: ['shop/things:read', 'shop/things:write'],
    });
  });

  test('keeps its key over a restart', async () => {
    const { access_token: token } = documentOf(await askToken(pool, 'grant_type=client_credentials'));
    const restarted = await poolOn(store);

    const keys = documentOf(await ask(restarted, 'GET /.well-known/jwks.json'));

    await expect(jwtVerify(token, createLocalJWKSet(keys), { currentDate: new Date(NOW) })).resolves.toBeDefined();
  });

  test.each<[string, object]>([
    ['grant_type=client_credentials', { sub: 'client-1', scope: 'shop/things:read shop/things:write' }],
    ['grant_type=client_credentials&scope=&sub=', { sub: 'client-1', scope: 'shop/things:read shop/things:write' }],
    ['grant_type=client_credentials&scope=things:read%20things:read', { scope: 'things:read' }],
  ])('grants %s', async (body, claims) => {
    const answer = await askToken(pool, body);

    expect(decodeJwt(documentOf(answer).access_token)).toMatchObject(claims);
  });

  test.each<[string, string]>([
    ['scope=things:read', 'invalid_request'],
    ['grant_type=password', 'unsupported_grant_type'],
    ['grant_type=client_credentials&scope=things:delete', 'invalid_scope'],
    ['grant_type=client_credentials&scope=other/things:read', 'invalid_scope'],
    ['grant_type=client_credentials&sub=a&sub=b', 'invalid_request'],
  ])('refuses %s', async (body, error) => {
    const answer = await askToken(pool, body);

    expect(answer?.status).toBe(400);
    expect(answer?.headers['Cache-Control']).toBe('no-store');
    expect(documentOf(answer)).toEqual({ error, error_description: expect.any(String) });
  });

  test('has no scopes without a resource server', async () => {
    const bare = await poolOn(store, { resourceServer: { identifier: '', scopes: [] } });

    const all = await askToken(bare, 'grant_type=client_credentials');
    const one = await askToken(bare, 'grant_type=client_credentials&scope=things:read');

    expect(decodeJwt(documentOf(all).access_token).scope).toBe('');
    expect(documentOf(one).error).toBe('invalid_scope');
  });

  test.each(['GET /', 'GET /oauth2', 'GET /.well-known/jwks.json/x', 'GET /oauth2/token'])(
    'leaves %s to others',
    async (target) => {
      expect(await ask(pool, target)).toBeUndefined();
    },
  );
});
