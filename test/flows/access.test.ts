import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { shiftedClock } from '../support/shifted-clock';

describe('access', () => {
  let system: LocalSystem;
  let ordersOfAlice: string;
  const clock = shiftedClock();

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock });
    await system.api.putStock('MUG-01', 100);
    ordersOfAlice = (await system.api.placeOrder(orderBody())).json.orderId;
    await system.settled(ordersOfAlice);
  });

  afterAll(() => system.close());

  it.each(['/v1/orders/', '/v1/payments/', '/v1/shipments/'])(
    "shows %s of somebody else's order to nobody else",
    async (path) => {
      const hers = await system.api.call('GET', path + ordersOfAlice, { sub: 'alice' });
      const notHis = await system.api.call('GET', path + ordersOfAlice, { sub: 'mallory' });
      const nobodys = await system.api.call('GET', `${path}ord_${'0'.repeat(32)}`, { sub: 'mallory' });

      expect(hers.status).toBe(200);
      expect([notHis.status, notHis.json.code]).toEqual([404, 'NOT_FOUND']);
      expect(Object.keys(notHis.json)).toEqual(Object.keys(nobodys.json));
    },
  );

  it("lists the caller's own orders only", async () => {
    const { json } = await system.api.call('GET', '/v1/orders', { sub: 'mallory' });

    expect(json).toEqual({ items: [] });
  });

  it.each([
    ['GET', '/v1/orders', 'orders:write'],
    ['POST', '/v1/orders', 'orders:read'],
    ['PUT', '/v1/inventory/MUG-01', 'inventory:read'],
    ['GET', '/v1/payments/x', 'orders:read'],
    ['GET', '/v1/shipments/x', 'payments:read'],
  ])('refuses %s %s to a token with the scope %s only', async (method, path, scope) => {
    const answer = await system.api.call(method, path, { scope, key: 'k', ...(method !== 'GET' && { body: {} }) });

    expect([answer.status, answer.json.code]).toEqual([403, 'SCOPE_MISSING']);
  });

  it('answers without a token where none is asked for', async () => {
    const health = await system.api.call('GET', '/health', { sub: null });
    const document = await system.api.call('GET', '/openapi.json', { sub: null });

    expect([health.status, health.json.status]).toEqual([200, 'HEALTHY']);
    expect([document.status, document.json.openapi]).toEqual([200, '3.0.1']);
  });

  it('refuses a request without a token, saying how to bring one', async () => {
    const answer = await system.api.call('GET', '/v1/orders', { sub: null });

    expect([answer.status, answer.json.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  describe('a token that is not right', () => {
    const { privateKey: otherKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    const forge = async (
      claims: object,
      { key = otherKey as KeyObject | Uint8Array, alg = 'RS256', kid = '' } = {},
    ) => {
      const real = decode(await system.api.token('alice'));
      const payload = { ...real.payload, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg, kid: kid || real.header.kid }).sign(key);
    };

    it.each<[string, () => Promise<string>]>([
      ['is signed by somebody else', () => forge({})],
      ['names an unknown key', () => forge({}, { kid: 'nobody' })],
      [
        'is signed with the public key as a secret',
        async () => forge({}, { alg: 'HS256', key: await publicKeyBytes() }),
      ],
      ['is not signed', unsigned],
      ['was changed after it was signed', tampered],
      ['is no token at all', async () => 'a.b.c'],
    ])('that %s is refused', async (_, make) => {
      const answer = await system.api.call('GET', '/v1/orders', { token: await make() });

      expect([answer.status, answer.json.code]).toEqual([401, 'UNAUTHORIZED']);
    });

    it('is refused when it has expired, half a minute of leeway granted', async () => {
      const token = await system.api.token('eve');
      const statusNow = async () => (await system.api.call('GET', '/v1/orders', { token })).status;

      clock.shiftBy(3_615_000);
      const inTheLeeway = await statusNow();
      // Past the minute for which the gateway keeps what the authorizer said.
      clock.shiftBy(61_000);
      const afterIt = await statusNow();
      clock.shiftBy(-3_676_000);

      expect([inTheLeeway, afterIt]).toEqual([200, 401]);
    });

    it('is refused under another scheme than Bearer', async () => {
      const headers = { authorization: `Basic ${await system.api.token('alice')}` };

      const answer = await system.api.call('GET', '/v1/orders', { sub: null, headers });

      expect(answer.status).toBe(401);
    });

    const publicKeyBytes = async () => {
      const jwks = (await system.api.call('GET', '/.well-known/jwks.json', { sub: null })).json;
      return new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    };

    async function unsigned(): Promise<string> {
      const [, payload] = (await system.api.token('alice')).split('.');
      return `${encode({ alg: 'none' })}.${payload}.x`;
    }

    async function tampered(): Promise<string> {
      const [header, , signature] = (await system.api.token('alice')).split('.');
      const { payload } = decode(await system.api.token('alice'));
      return `${header}.${encode({ ...payload, sub: 'bob' })}.${signature}`;
    }
  });

  it('takes the issuer at its word: discovery and keys are where the tokens say', async () => {
    const { payload } = decode(await system.api.token('alice'));
    const discovery = await system.api.call('GET', '/.well-known/openid-configuration', { sub: null });

    expect(payload.iss).toBe(system.apiUrl);
    expect(discovery.json).toMatchObject({ issuer: system.apiUrl, jwks_uri: `${system.apiUrl}/.well-known/jwks.json` });
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(token: string) {
  const [header = '', payload = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: read(header), payload: read(payload) };
}
