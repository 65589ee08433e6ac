/** The resource server of a user pool. */
export interface ResourceServer {
  identifier: string;
  /** Scope names without the identifier. */
  scopes: readonly string[];
}

/** A sound request for a token. */
export interface TokenRequest {
  /** Whose token it is to be; absent for one of the app client itself. */
  sub?: string;
  /** In the form they were asked for, without repetition. */
  scopes: string[];
}

/** A refusal of a token, with the error code of RFC 6749. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';

  constructor(
    readonly code: 'invalid_request' | 'invalid_scope' | 'unsupported_grant_type',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads a request to the token endpoint, form-encoded as the standard has it, or as JSON. A scope may stand alone or behind
 * the resource server's identifier (`<identifier>/<scope>`, Cognito's form); asking for none gives all, in Cognito's form.
 *
 * @throws {TokenRequestError} when it cannot be granted
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4
 */
export function parseTokenRequest(
  request: { headers: Readonly<Record<string, readonly string[]>>; body: Buffer },
  resourceServer?: ResourceServer,
): TokenRequest {
  const parameters = readParameters(request);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw new TokenRequestError('invalid_request', 'grant_type is missing');
  if (grantType !== 'client_credentials') {
    throw new TokenRequestError('unsupported_grant_type', `grant_type must be client_credentials, got ${grantType}`);
  }
  const sub = parameters.get('sub');
  return { ...(sub === undefined ? {} : { sub }), scopes: toScopes(parameters.get('scope') ?? '', resourceServer) };
}

function toScopes(asked: string, { identifier, scopes }: ResourceServer = { identifier: '', scopes: [] }): string[] {
  const qualified = scopes.map((scope) => `${identifier}/${scope}`);
  const names = asked.split(' ').filter((name) => name !== '');
  const unknownName = names.find((name) => !scopes.includes(name) && !qualified.includes(name));
  if (unknownName !== undefined) {
    throw new TokenRequestError('invalid_scope', `scope must be of ${scopes.join(', ')}, got ${unknownName}`);
  }
  return names.length === 0 ? qualified : [...new Set(names)];
}

/** The parameters that have a value; an empty one counts as absent (RFC 6749, section 3.2). */
function readParameters(request: Parameters<typeof parseTokenRequest>[0]): Map<string, string> {
  const mediaType = readMediaType(request.headers);
  const text = request.body.toString('utf8');
  if (mediaType === 'application/json') return toMap(parseJsonEntries(text));
  if (mediaType === 'application/x-www-form-urlencoded') return toMap([...new URLSearchParams(text)]);
  throw new TokenRequestError(
    'invalid_request',
    `Content-Type must be application/x-www-form-urlencoded or application/json, got ${mediaType ?? 'none'}`,
  );
}

function readMediaType(headers: Readonly<Record<string, readonly string[]>>): string | undefined {
  const values = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return values?.at(-1)?.split(';')[0]?.trim().toLowerCase();
}

function toMap(entries: ReadonlyArray<readonly [string, unknown]>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw new TokenRequestError('invalid_request', `${name} must be a string`);
    if (parameters.has(name)) throw new TokenRequestError('invalid_request', `${name} stands more than once`);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function parseJsonEntries(text: string): Array<[string, unknown]> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  } catch {
    // Falls through: text that is not JSON is as wrong as JSON that is not an object.
  }
  throw new TokenRequestError('invalid_request', 'the body must be a JSON object');
}
