import type { GatewayResponseDefinition } from './gateway-response';

/**
 * The `Body` of an `AWS::ApiGateway::RestApi`, resolved: an OpenAPI 3.0 document with API Gateway's extensions. Only what
 * the gateway acts on is named; what an extension holds is checked when the API is opened.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components?: { securitySchemes?: Record<string, SecurityScheme> };
  security?: SecurityRequirement[];
  'x-amazon-apigateway-request-validators'?: Record<string, Record<string, boolean>>;
  'x-amazon-apigateway-request-validator'?: string;
  'x-amazon-apigateway-gateway-responses'?: Record<string, GatewayResponseDefinition>;
}

/** One method of a path, as far as the gateway acts on it. */
export interface Operation {
  parameters?: Array<{ in?: string; name?: string; required?: boolean }>;
  security?: SecurityRequirement[];
  'x-amazon-apigateway-integration'?: Record<string, unknown>;
  'x-amazon-apigateway-request-validator'?: string;
}

/** Scheme names, each with its scopes. */
type SecurityRequirement = Record<string, string[]>;

interface SecurityScheme {
  type: string;
  name?: string;
  in?: string;
  'x-amazon-apigateway-authorizer'?: Record<string, unknown>;
}

/** Whether a scheme stands for API keys of usage plans, which API Gateway tells by this header's name. */
export function isApiKeyScheme(scheme: SecurityScheme | undefined): boolean {
  return scheme?.name?.toLowerCase() === 'x-api-key' && scheme['x-amazon-apigateway-authorizer'] === undefined;
}

/**
 * Refuses a part of the document that says something which is not supported: ignoring it would make the local API differ
 * from the deployed one in silence. Only members whose name begins with `prefix` are looked at.
 *
 * @throws {Error} naming the member
 */
export function checkMembers(part: object, known: readonly string[], where: string, prefix = ''): void {
  const foreign = Object.keys(part).find((member) => member.startsWith(prefix) && !known.includes(member));
  if (foreign !== undefined) throw new Error(`${where}: ${foreign} is not supported; ${known.join(', ')} are`);
}
