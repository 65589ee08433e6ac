import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose';

export const ISSUER = 'https://issuer.invalid';
export const AUDIENCE = 'holdfast';
/** The instant at which the tokens of the tests are verified. */
export const NOW = Date.parse('2026-01-01T00:00:00Z');
export const NOW_SECONDS = NOW / 1000;

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An issuer with one key for each of the two algorithms. */
export interface TokenIssuer {
  readonly keys: JWTVerifyGetKey;
  readonly jwks: Parameters<typeof createLocalJWKSet>[0];
  readonly rsa: Awaited<ReturnType<typeof generateKeyPair>>;
  readonly elliptic: Awaited<ReturnType<typeof generateKeyPair>>;
  /** A good token of `alice`, with what a test wants different in claims and header; `undefined` leaves a claim out. */
  sign(
    claims?: Record<string, unknown>,
    header?: Partial<JWTHeaderParameters>,
    key?: Key | Uint8Array,
  ): Promise<string>;
}

/** Makes the keys; takes a noticeable time. */
export async function makeTokenIssuer(): Promise<TokenIssuer> {
  const [rsa, elliptic] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  // Without `alg`, as issuers may publish them: which algorithms are taken is for the verifier alone to say.
  const jwks = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa-1', use: 'sig' },
      { ...(await exportJWK(elliptic.publicKey)), kid: 'ec-1', use: 'sig' },
    ],
  };
  return {
    jwks,
    rsa,
    elliptic,
    keys: createLocalJWKSet(jwks),
    sign: (claims = {}, header = {}, key = header.alg === 'ES256' ? elliptic.privateKey : rsa.privateKey) => {
      const kid = header.alg === 'ES256' ? 'ec-1' : 'rsa-1';
      return new SignJWT({ ...claimsOfAlice(), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid, ...header })
        .sign(key);
    },
  };
}

export function claimsOfAlice(): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'alice',
    scope: 'orders:read orders:write',
    iat: NOW_SECONDS - 60,
    exp: NOW_SECONDS + 3600,
  };
}

/** A token made by hand: with any header, and without a signature unless one is given. */
export function forge(header: object, claims: object, signature = ''): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode(claims)}.${signature}`;
}
