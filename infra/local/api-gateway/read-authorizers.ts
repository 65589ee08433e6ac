import { parseFunctionArn } from './lambda-call';
import { checkExtensions, isApiKeyScheme, type OpenApiDocument, type SecurityScheme } from './open-api-document';

/** One Lambda authorizer, checked and ready to use. */
export interface AuthorizerDefinition {
  /** The name of its security scheme, which serves as its id too. */
  name: string;
  type: 'TOKEN' | 'REQUEST';
  functionArn: string;
  /** Where the caller's identity stands; a TOKEN authorizer has exactly one, a header. */
  identitySources: IdentitySource[];
  /** What a token must match as a whole; only for TOKEN. */
  identityValidation?: RegExp;
  /** 0 = results are not kept. */
  resultTtlSeconds: number;
}

export interface IdentitySource {
  in: 'header' | 'querystring';
  name: string;
}

const EXTENSION = 'x-amazon-apigateway-authorizer';
const MEMBERS = [
  'type',
  'authorizerUri',
  'authorizerCredentials',
  'authorizerResultTtlInSeconds',
  'identitySource',
  'identityValidationExpression',
];
const DEFAULT_TTL_SECONDS = 300;
const MAX_TTL_SECONDS = 3600;

/**
 * Every authorizer of the document, by the name of its security scheme. A scheme for API keys has none.
 *
 * @throws {Error} when a scheme is not a Lambda authorizer of type token or request, or uses what is not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
 */
export function readAuthorizers(body: OpenApiDocument): Map<string, AuthorizerDefinition> {
  const schemes = Object.entries(body.components?.securitySchemes ?? {}).filter(
    ([, scheme]) => !isApiKeyScheme(scheme),
  );
  return new Map(schemes.map(([name, scheme]) => [name, readAuthorizer(name, scheme)]));
}

function readAuthorizer(name: string, scheme: SecurityScheme): AuthorizerDefinition {
  const where = `security scheme ${name}`;
  checkExtensions(scheme, [EXTENSION, 'x-amazon-apigateway-authtype'], where);
  const authorizer = scheme[EXTENSION];
  if (authorizer === undefined) throw new Error(`${where}: only schemes with ${EXTENSION} are supported`);
  const type = String(authorizer.type).toUpperCase();
  if (type !== 'TOKEN' && type !== 'REQUEST') {
    throw new Error(`${where}: authorizer type must be token or request, got ${authorizer.type}`);
  }
  const foreign = Object.keys(authorizer).find((member) => !MEMBERS.includes(member));
  if (foreign !== undefined) {
    throw new Error(`${where}: authorizer member ${foreign} is not supported; ${MEMBERS.join(', ')} are`);
  }
  const resultTtlSeconds = readTtl(authorizer.authorizerResultTtlInSeconds, where);
  const identitySources = readIdentitySources(authorizer.identitySource, type, scheme, where);
  if (identitySources.length === 0 && resultTtlSeconds > 0) {
    throw new Error(`${where}: a request authorizer that keeps results needs an identitySource`);
  }
  const identityValidation = readValidation(authorizer.identityValidationExpression, type, where);
  const functionArn = parseFunctionArn(authorizer.authorizerUri, where);
  return { name, type, functionArn, identitySources, identityValidation, resultTtlSeconds };
}

function readTtl(value: unknown, where: string): number {
  const seconds = value ?? DEFAULT_TTL_SECONDS;
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new Error(`${where}: authorizerResultTtlInSeconds must be from 0 to ${MAX_TTL_SECONDS}, got ${value}`);
}

function readIdentitySources(
  value: unknown,
  type: AuthorizerDefinition['type'],
  scheme: SecurityScheme,
  where: string,
): IdentitySource[] {
  // The scheme itself names the token's header, so a token authorizer need not repeat it.
  const fromScheme = type === 'TOKEN' ? `method.request.header.${scheme.name}` : '';
  const expressions = String(value ?? fromScheme)
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const sources = expressions.map((expression) => {
    const match = expression.match(/^method\.request\.(header|querystring)\.([A-Za-z0-9._-]+)$/);
    if (match?.[1] && match[2]) return { in: match[1] as IdentitySource['in'], name: match[2] };
    throw new Error(`${where}: identitySource must be method.request.header|querystring.<name>, got ${expression}`);
  });
  if (type === 'TOKEN' && (sources.length !== 1 || sources[0]?.in !== 'header')) {
    throw new Error(`${where}: a token authorizer has one header as identitySource, got ${expressions.join(', ')}`);
  }
  return sources;
}

function readValidation(value: unknown, type: AuthorizerDefinition['type'], where: string): RegExp | undefined {
  if (value === undefined || value === '') return undefined;
  if (type === 'TOKEN' && typeof value === 'string') return new RegExp(`^(?:${value})$`);
  throw new Error(`${where}: identityValidationExpression is a text of token authorizers only, got ${value}`);
}
