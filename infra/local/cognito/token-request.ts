/** The resource server of a user pool. */
export interface ResourceServer {
  identifier: string;
  /** Scope names without the identifier. */
  scopes: readonly string[];
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
 * Reads a form-encoded request to the token endpoint: whose token it is to be (absent for one of the app client itself),
 * and its scopes. A scope may stand alone or behind the resource server's identifier (`<identifier>/<scope>`, Cognito's
 * form); asking for none gives all, in Cognito's form.
 *
 * @throws {TokenRequestError} when it cannot be granted
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4
 */
export function parseTokenRequest(
  form: string,
  { identifier, scopes }: ResourceServer,
): { sub: string | undefined; scopes: string[] } {
  const parameters = readParameters(form);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw new TokenRequestError('invalid_request', 'grant_type is missing');
  if (grantType !== 'client_credentials') {
    throw new TokenRequestError('unsupported_grant_type', `grant_type must be client_credentials, got ${grantType}`);
  }
  const qualified = scopes.map((scope) => `${identifier}/${scope}`);
  const asked = (parameters.get('scope') ?? '').split(' ').filter((name) => name !== '');
  const unknownName = asked.find((name) => !scopes.includes(name) && !qualified.includes(name));
  if (unknownName !== undefined) {
    throw new TokenRequestError('invalid_scope', `scope must be of ${scopes.join(', ')}, got ${unknownName}`);
  }
  return { sub: parameters.get('sub'), scopes: asked.length === 0 ? qualified : [...new Set(asked)] };
}

/** The parameters that have a value; an empty one counts as absent (RFC 6749, section 3.2). */
function readParameters(form: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(form)) {
    if (parameters.has(name)) throw new TokenRequestError('invalid_request', `${name} stands more than once`);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}
