/**
 * The `Body` of an `AWS::ApiGateway::RestApi`, resolved: an OpenAPI 3.0 document with API Gateway's extensions. Only what
 * the gateway acts on is named; what an extension holds is checked when the API is opened.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, unknown>>;
  components?: { securitySchemes?: Record<string, SecurityScheme> } & Record<string, unknown>;
  security?: SecurityRequirement[];
  'x-amazon-apigateway-request-validators'?: Record<string, RequestValidator>;
  'x-amazon-apigateway-request-validator'?: string;
  'x-amazon-apigateway-gateway-responses'?: Record<string, BodyGatewayResponse>;
  'x-amazon-apigateway-api-key-source'?: string;
  [member: string]: unknown;
}

/** One method of a path, as far as the gateway acts on it. */
export interface Operation {
  parameters?: Parameter[];
  security?: SecurityRequirement[];
  'x-amazon-apigateway-integration'?: Record<string, unknown>;
  'x-amazon-apigateway-request-validator'?: string;
  [member: string]: unknown;
}

export interface Parameter {
  in?: string;
  name?: string;
  required?: boolean;
  $ref?: string;
}

/** Scheme names, each with its scopes. */
export type SecurityRequirement = Record<string, string[]>;

export interface SecurityScheme {
  type: string;
  name?: string;
  in?: string;
  'x-amazon-apigateway-authorizer'?: Record<string, unknown>;
  [member: string]: unknown;
}

interface RequestValidator {
  validateRequestBody?: boolean;
  validateRequestParameters?: boolean;
}

interface BodyGatewayResponse {
  statusCode?: string | number;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string>;
}

/** Whether a scheme stands for API keys of usage plans, which API Gateway tells by this header's name. */
export function isApiKeyScheme({ type, name, in: place, ...others }: SecurityScheme): boolean {
  const isHeader = type === 'apiKey' && place === 'header' && name?.toLowerCase() === 'x-api-key';
  return isHeader && others['x-amazon-apigateway-authorizer'] === undefined;
}

/**
 * Refuses what a part of the document says with a `x-amazon-apigateway-…` extension that is not supported: ignoring it
 * would make the local API differ from the deployed one in silence.
 *
 * @throws {Error} naming the extension
 */
export function checkExtensions(part: object, supported: readonly string[], where: string): void {
  const foreign = Object.keys(part).find((key) => key.startsWith('x-amazon-apigateway-') && !supported.includes(key));
  if (foreign === undefined) return;
  throw new Error(`${where}: ${foreign} is not supported; supported here are ${supported.join(', ') || 'none'}`);
}
