/** The Cognito room: a user pool as the local issuer of access tokens. */

import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { parseTokenRequest, type ResourceServer, TokenRequestError } from './token-request';

export interface UserPoolOptions {
  /** Keeps the signing key, so that tokens stay valid over a restart. */
  store: KeyValueStore;
  clock: Clock;
  /** The address under which the pool is reached, such as `http://127.0.0.1:3000`; the tokens' `iss`. */
  issuer: string;
  /** The id of the pool's app client; the tokens' `aud` and `client_id`. */
  audience: string;
  /** The scopes that can be asked for. */
  resourceServer: ResourceServer;
}

/** What the pool needs to know of a request. */
export interface PoolRequest {
  method: string;
  rawPath: string;
  body: Buffer;
}

export interface PoolAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface UserPool {
  /** Answers the issuer's own paths; `undefined` for every other. */
  handle(request: PoolRequest): Promise<PoolAnswer | undefined>;
}

const STORE_KEY = 'signing-key';
const TOKEN_LIFETIME_SECONDS = 3600;

/**
 * Opens the pool as an OpenID Connect issuer. It hands a token to whoever asks, without a secret: it is for this computer
 * only, and a request's `sub` makes it the token of that person.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function openUserPool(options: UserPoolOptions): Promise<UserPool> {
  const signingKey = await openSigningKey(options.store);
  const endpoints = new Map<string, (request: PoolRequest) => PoolAnswer | Promise<PoolAnswer>>([
    ['GET /.well-known/openid-configuration', () => json(200, toDiscovery(options))],
    ['GET /.well-known/jwks.json', () => json(200, { keys: [toPublicKey(signingKey)] })],
    ['POST /oauth2/token', (request) => issueToken(options, signingKey, request)],
  ]);
  return { handle: async (request) => endpoints.get(`${request.method} ${request.rawPath}`)?.(request) };
}

async function issueToken(options: UserPoolOptions, signingKey: JWK, { body }: PoolRequest): Promise<PoolAnswer> {
  // RFC 6749, section 5.1: a token must not stay in a cache; neither may the refusal of one.
  const headers = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };
  try {
    const { sub = options.audience, scopes } = parseTokenRequest(body.toString(), options.resourceServer);
    const token = await signToken(options, signingKey, sub, scopes);
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS }, headers);
  } catch (error) {
    if (!(error instanceof TokenRequestError)) throw error;
    return json(400, { error: error.code, error_description: error.message }, headers);
  }
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
async function signToken(
  options: UserPoolOptions,
  signingKey: JWK,
  sub: string,
  scopes: readonly string[],
): Promise<string> {
  const nowSeconds = Math.floor(options.clock.now() / 1000);
  const claims = {
    iss: options.issuer,
    sub,
    aud: options.audience,
    client_id: options.audience,
    token_use: 'access',
    scope: scopes.join(' '),
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + TOKEN_LIFETIME_SECONDS,
    jti: randomUUID(),
  };
  const header = { alg: 'RS256', typ: 'JWT', kid: signingKey.kid };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(signingKey, 'RS256'));
}

async function openSigningKey(store: KeyValueStore): Promise<JWK> {
  const kept = await store.get<JWK>(STORE_KEY);
  if (kept !== undefined) return kept;
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const signingKey = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
  await store.write([{ key: STORE_KEY, value: signingKey }]);
  return signingKey;
}

/** Names the public members one by one: a member too many would give the private key away. */
function toPublicKey({ kty, n, e, kid }: JWK): JWK {
  return { kty, n, e, kid, alg: 'RS256', use: 'sig' };
}

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function toDiscovery({ issuer, resourceServer }: UserPoolOptions): Record<string, unknown> {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    token_endpoint: `${issuer}/oauth2/token`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: resourceServer.scopes.map((scope) => `${resourceServer.identifier}/${scope}`),
  };
}

function json(status: number, document: unknown, headers: Record<string, string> = {}): PoolAnswer {
  const body = Buffer.from(JSON.stringify(document));
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}
