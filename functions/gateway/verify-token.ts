import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { RESOURCE_SERVER } from '../../lib/service/names';
import type { Bearer } from './access';

/** Clocks of issuers and of functions differ by this much at most. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** A bearer token longer than this is not one of ours: refused before any work is done for it. */
const MAX_TOKEN_LENGTH = 8192;

/** The token does not prove who its bearer is. */
export class TokenInvalidError extends Error {
  override readonly name = 'TokenInvalidError';
}

export interface TokenRules {
  /** Without a slash at the end. */
  readonly issuer: string;
  /** One of these must be `aud`, or `client_id` where the token has no `aud`. */
  readonly audiences: readonly string[];
}

/**
 * The issuer's public keys, fetched at first use, kept, and fetched anew for an unknown key at most once a minute.
 */
export function remoteKeys(issuer: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cooldownDuration: 60_000,
    cacheMaxAge: 60 * 60_000,
    timeoutDuration: 3_000,
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
    return { customerId: sub, clientId: typeof clientId === 'string' ? clientId : '', scopes: toScopes(scope) };
  } catch (error) {
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
    throw new TokenInvalidError(error.code, { cause: error });
  }
}

/** Cognito writes `holdfast/orders:read`, other issuers `orders:read`. */
function toScopes(scope: unknown): string[] {
  if (typeof scope !== 'string') return [];
  const prefix = `${RESOURCE_SERVER}/`;
  return scope.split(' ').map((one) => (one.startsWith(prefix) ? one.slice(prefix.length) : one));
}
