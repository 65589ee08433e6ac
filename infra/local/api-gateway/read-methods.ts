import type { HttpAnswer } from './http-message';
import { parseFunctionArn } from './lambda-call';
import { readMockAnswer } from './mock-integration';
import { checkMembers, isApiKeyScheme, type OpenApiDocument, type Operation } from './open-api-document';

/** One method of the API, checked and ready to serve. */
export interface MethodDefinition {
  /** The path as the document writes it, such as `/things/{thingId}`. */
  resourcePath: string;
  httpMethod: string;
  integration: LambdaIntegration | { kind: 'mock'; answer: HttpAnswer };
  /** What a request must have, and not blank; empty when the method's validator does not look at parameters. */
  requiredParameters: Array<{ in: string; name: string }>;
  /** The security scheme whose authorizer decides; absent when the method is open to everybody. */
  securityScheme?: string;
  /** Whether only requests with an API key of a usage plan are served. */
  needsApiKey: boolean;
}

/** Has a function answer. */
export interface LambdaIntegration {
  kind: 'lambda';
  functionArn: string;
  timeoutMs: number;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const EXTENSION = 'x-amazon-apigateway-';
const INTEGRATION = 'x-amazon-apigateway-integration';
const VALIDATORS = 'x-amazon-apigateway-request-validators';
const VALIDATOR = 'x-amazon-apigateway-request-validator';
const ROOT_EXTENSIONS = [VALIDATORS, VALIDATOR, 'x-amazon-apigateway-gateway-responses'];
const LAMBDA_MEMBERS = ['type', 'httpMethod', 'uri', 'timeoutInMillis', 'passthroughBehavior', 'payloadFormatVersion'];
/** The most that API Gateway waits for an integration without a raised quota. */
const MAX_TIMEOUT_MS = 29_000;

/**
 * Every method of the document.
 *
 * @throws {Error} when the document uses what is not supported, saying where, what, and what is
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html
 */
export function readMethods(body: OpenApiDocument): MethodDefinition[] {
  if (!/^3\.0\./.test(body.openapi)) throw new Error(`REST API body: openapi must be 3.0.x, got ${body.openapi}`);
  checkMembers(body, ROOT_EXTENSIONS, 'REST API body', EXTENSION);
  return Object.entries(body.paths).flatMap(([resourcePath, item]) => {
    checkMembers(item, METHODS, resourcePath);
    return Object.entries(item).map(([method, operation]) => {
      const httpMethod = method.toUpperCase();
      const where = `${httpMethod} ${resourcePath}`;
      checkMembers(operation, [INTEGRATION, VALIDATOR], where, EXTENSION);
      return {
        resourcePath,
        httpMethod,
        integration: readIntegration(operation[INTEGRATION] ?? {}, where),
        requiredParameters: readRequiredParameters(body, operation, where),
        ...readSecurity(body, operation, where),
      };
    });
  });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html */
function readIntegration(integration: Record<string, unknown>, where: string): MethodDefinition['integration'] {
  const { type, httpMethod, uri, timeoutInMillis } = integration;
  if (type === 'mock') return { kind: 'mock', answer: readMockAnswer(integration, where) };
  if (type !== 'aws_proxy') throw new Error(`${where}: integration type must be aws_proxy or mock, got ${type}`);
  checkMembers(integration, LAMBDA_MEMBERS, `${where}: integration`);
  if (httpMethod !== 'POST') {
    throw new Error(`${where}: a Lambda function is invoked by httpMethod POST, got ${httpMethod}`);
  }
  const timeoutMs = Number(timeoutInMillis ?? MAX_TIMEOUT_MS);
  if (timeoutMs < 50 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new Error(`${where}: timeoutInMillis must be from 50 to ${MAX_TIMEOUT_MS}, got ${timeoutMs}`);
  }
  return { kind: 'lambda', functionArn: parseFunctionArn(uri, where), timeoutMs };
}

/** A method may need an API key and an authorizer; API Gateway does not mind how the two are combined. */
function readSecurity(
  body: OpenApiDocument,
  operation: Operation,
  where: string,
): Pick<MethodDefinition, 'securityScheme' | 'needsApiKey'> {
  const schemes = (operation.security ?? body.security ?? []).flatMap((requirement) => Object.keys(requirement));
  const isForKeys = (name: string) => isApiKeyScheme(body.components?.securitySchemes?.[name]);
  const [securityScheme, ...others] = schemes.filter((name) => !isForKeys(name));
  if (others.length > 0) {
    throw new Error(`${where}: one security scheme at most is supported, got ${schemes.join(', ')}`);
  }
  return { securityScheme, needsApiKey: schemes.some(isForKeys) };
}

/** A method's name in throttle settings, such as `/things/{thingId}/GET`. */
export function methodKey({ resourcePath, httpMethod }: { resourcePath: string; httpMethod: string }): string {
  return `${resourcePath}/${httpMethod}`;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html */
function readRequiredParameters(
  body: OpenApiDocument,
  operation: Operation,
  where: string,
): MethodDefinition['requiredParameters'] {
  const name = operation[VALIDATOR] ?? body[VALIDATOR];
  if (name === undefined) return [];
  const validator = body[VALIDATORS]?.[name];
  if (validator === undefined) throw new Error(`${where}: there is no request validator ${name}`);
  if (validator.validateRequestBody) {
    throw new Error(`${where}: validateRequestBody is not supported, and request validator ${name} asks for it`);
  }
  if (!validator.validateRequestParameters) return [];
  return (operation.parameters ?? [])
    .filter(({ required }) => required)
    .map((parameter) => {
      const { in: place = '', name: parameterName = '' } = parameter;
      if (['path', 'query', 'header'].includes(place)) return { in: place, name: parameterName };
      const got = JSON.stringify(parameter);
      throw new Error(`${where}: a required parameter needs a name and in path, query or header, got ${got}`);
    });
}
