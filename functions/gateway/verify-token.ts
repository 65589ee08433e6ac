import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { RESOURCE_SERVER } from '../../lib/service/names';
import { MAX_CUSTOMER_ID_LENGTH } from '../../lib/service/schemas';
import type { Bearer } from './access';

/** Clocks of issuers and of functions differ by this much at most. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** A bearer token longer than this is not one of ours: refused before any work is done for it. */
const MAX_TOKEN_LENGTH = 8192;

/** So long the issuer may take for one of its documents. */
const FETCH_TIMEOUT_MS = 3_000;

/** Failures to get the keys, as jose names them: they say nothing about the token. */
const KEY_FAILURES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'];

/** The token does not prove who its bearer is. */
export class TokenInvalidError extends Error {
  override readonly name = 'TokenInvalidError';
}

export interface TokenRules {
  /** Exactly as in `iss`. */
  readonly issuer: string;
  /** One of these must be `aud`, or `client_id` where the token has no `aud`. */
  readonly audiences: readonly string[];
}

/**
 * The issuer's public keys, from the address that its discovery document names. Fetched at first use, kept, and fetched anew
 * for an unknown key at most once a minute.
 *
 * @throws {Error} from the keys, when they cannot be had
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
export function remoteKeys(issuer: string): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= discoverKeys(issuer).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const { jwks_uri: jwksUri } = (await response.json()) as { jwks_uri?: unknown };
  if (typeof jwksUri !== 'string') throw new Error(`${url} names no jwks_uri`);
  return createRemoteJWKSet(new URL(jwksUri), {
    cooldownDuration: 60_000,
    cacheMaxAge: 60 * 60_000,
    timeoutDuration: FETCH_TIMEOUT_MS,
  });
}

/**
 * Verifies an OIDC access token: signature (RS256 or ES256 only), `iss`, `aud`, `exp`, `nbf`.
 *
 * @throws {TokenInvalidError} when the token is at fault; other errors mean that the keys could not be had.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export async function verifyToken(
  token: string,
  rules: TokenRules,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<Bearer> {
  if (token.length > MAX_TOKEN_LENGTH) throw new TokenInvalidError(`a token of ${token.length} characters is too long`);
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: rules.issuer,
      algorithms: ['RS256', 'ES256'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const { sub, aud, client_id: clientId, token_use: tokenUse, scope } = payload;
    const audiences = aud === undefined ? [clientId] : [aud].flat();
    if (!audiences.some((audience) => typeof audience === 'string' && rules.audiences.includes(audience))) {
      throw new TokenInvalidError('the token is meant for somebody else');
    }
    if (tokenUse !== undefined && tokenUse !== 'access')
      throw new TokenInvalidError('the token is not an access token');
    if (!sub) throw new TokenInvalidError('the token names nobody');
    if (sub.length > MAX_CUSTOMER_ID_LENGTH) {
      throw new TokenInvalidError(`sub must have at most ${MAX_CUSTOMER_ID_LENGTH} characters, got ${sub.length}`);
    }
    return { customerId: sub, clientId: typeof clientId === 'string' ? clientId : '', scopes: toScopes(scope) };
  } catch (error) {
    if (!(error instanceof errors.JOSEError) || KEY_FAILURES.includes(error.code)) throw error;
    throw new TokenInvalidError(error.code, { cause: error });
  }
}

/** Cognito writes `holdfast/orders:read`, other issuers `orders:read`. */
function toScopes(scope: unknown): string[] {
  if (typeof scope !== 'string') return [];
  const prefix = `${RESOURCE_SERVER}/`;
  return scope.split(' ').map((one) => (one.startsWith(prefix) ? one.slice(prefix.length) : one));
}
