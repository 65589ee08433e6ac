import type { HttpAnswer } from './http-message';
import { parseFunctionArn } from './lambda-call';
import { readMockAnswer } from './mock-integration';
import {
  checkExtensions,
  isApiKeyScheme,
  type OpenApiDocument,
  type Operation,
  type Parameter,
} from './open-api-document';

/** One method of the API, checked and ready to serve. */
export interface MethodDefinition {
  /** The path as the document writes it, such as `/things/{thingId}`. */
  resourcePath: string;
  httpMethod: string;
  integration: LambdaIntegration | MockIntegration;
  /** What a request must have, and not blank; empty when the method's validator does not look at parameters. */
  requiredParameters: RequiredParameter[];
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

interface MockIntegration {
  kind: 'mock';
  answer: HttpAnswer;
}

export interface RequiredParameter {
  in: 'path' | 'query' | 'header';
  name: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const PATH_MEMBERS = [...METHODS, 'parameters', 'summary', 'description'];
const ROOT_EXTENSIONS = [
  'x-amazon-apigateway-request-validators',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-gateway-responses',
  'x-amazon-apigateway-api-key-source',
];
const OPERATION_EXTENSIONS = ['x-amazon-apigateway-integration', 'x-amazon-apigateway-request-validator'];
const INTEGRATION_MEMBERS = [
  'type',
  'httpMethod',
  'uri',
  'timeoutInMillis',
  'passthroughBehavior',
  'payloadFormatVersion',
];
/** The most that API Gateway waits for an integration without a raised quota. */
const MAX_TIMEOUT_MS = 29_000;

/**
 * Every method of the document.
 *
 * @throws {Error} when the document uses what is not supported, saying where, what, and what is
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html
 */
export function readMethods(body: OpenApiDocument): MethodDefinition[] {
  if (!/^3\.0\./.test(String(body.openapi))) {
    throw new Error(`REST API body: openapi must be 3.0.x, got ${body.openapi}`);
  }
  checkExtensions(body, ROOT_EXTENSIONS, 'REST API body');
  return Object.entries(body.paths).flatMap(([resourcePath, item]) => {
    const foreign = Object.keys(item).find((member) => !PATH_MEMBERS.includes(member));
    if (foreign !== undefined) {
      throw new Error(`${resourcePath}: ${foreign} is not supported; ${PATH_MEMBERS.join(', ')} are`);
    }
    return METHODS.filter((method) => item[method] !== undefined).map((method) =>
      readMethod(body, resourcePath, method.toUpperCase(), item[method] as Operation, item),
    );
  });
}

function readMethod(
  body: OpenApiDocument,
  resourcePath: string,
  httpMethod: string,
  operation: Operation,
  item: Operation,
): MethodDefinition {
  const where = `${httpMethod} ${resourcePath}`;
  checkExtensions(operation, OPERATION_EXTENSIONS, where);
  return {
    resourcePath,
    httpMethod,
    integration: readIntegration(operation['x-amazon-apigateway-integration'], where),
    requiredParameters: readRequiredParameters(body, operation, item, where),
    ...readSecurity(body, operation, where),
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html */
function readIntegration(
  integration: Operation['x-amazon-apigateway-integration'],
  where: string,
): MethodDefinition['integration'] {
  if (integration === undefined) throw new Error(`${where}: x-amazon-apigateway-integration is missing`);
  const type = String(integration.type).toLowerCase();
  if (type === 'mock') return { kind: 'mock', answer: readMockAnswer(integration, where) };
  if (type !== 'aws_proxy') {
    throw new Error(`${where}: integration type must be aws_proxy or mock, got ${integration.type}`);
  }
  const foreign = Object.keys(integration).find((member) => !INTEGRATION_MEMBERS.includes(member));
  if (foreign !== undefined) {
    throw new Error(`${where}: integration member ${foreign} is not supported; ${INTEGRATION_MEMBERS.join(', ')} are`);
  }
  if (integration.httpMethod !== 'POST') {
    throw new Error(`${where}: a Lambda function is invoked by httpMethod POST, got ${integration.httpMethod}`);
  }
  const timeoutMs = integration.timeoutInMillis ?? MAX_TIMEOUT_MS;
  if (typeof timeoutMs !== 'number' || timeoutMs < 50 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new Error(`${where}: timeoutInMillis must be from 50 to ${MAX_TIMEOUT_MS}, got ${timeoutMs}`);
  }
  return { kind: 'lambda', functionArn: parseFunctionArn(integration.uri, where), timeoutMs };
}

/** A method may need an API key and an authorizer; API Gateway does not mind how the two are combined. */
function readSecurity(
  body: OpenApiDocument,
  operation: Operation,
  where: string,
): Pick<MethodDefinition, 'securityScheme' | 'needsApiKey'> {
  const schemes = (operation.security ?? body.security ?? []).flatMap((requirement) => Object.keys(requirement));
  const isForKeys = (name: string) => {
    const scheme = body.components?.securitySchemes?.[name];
    return scheme !== undefined && isApiKeyScheme(scheme);
  };
  const [securityScheme, ...others] = schemes.filter((name) => !isForKeys(name));
  if (others.length > 0) {
    throw new Error(`${where}: one security scheme at most is supported, got ${schemes.join(', ')}`);
  }
  return { needsApiKey: schemes.some(isForKeys), ...(securityScheme !== undefined && { securityScheme }) };
}

/** A method's name in throttle settings, such as `/things/{thingId}/GET`. */
export function methodKey({ resourcePath, httpMethod }: { resourcePath: string; httpMethod: string }): string {
  return `${resourcePath}/${httpMethod}`;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html */
function readRequiredParameters(
  body: OpenApiDocument,
  operation: Operation,
  item: Operation,
  where: string,
): RequiredParameter[] {
  // An operation's parameter replaces the path's parameter of the same place and name.
  const parameters = new Map<string, Parameter>();
  for (const parameter of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
    checkParameter(parameter, where);
    parameters.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const extension = 'x-amazon-apigateway-request-validator';
  const name = operation[extension] ?? body[extension];
  if (name === undefined) return [];
  const validator = body['x-amazon-apigateway-request-validators']?.[name];
  if (validator === undefined) throw new Error(`${where}: there is no request validator ${name}`);
  if (validator.validateRequestBody === true) {
    throw new Error(`${where}: validateRequestBody is not supported, and request validator ${name} asks for it`);
  }
  if (validator.validateRequestParameters !== true) return [];
  return [...parameters.values()]
    .filter((parameter) => parameter.required === true)
    .map((parameter) => ({ in: parameter.in as RequiredParameter['in'], name: String(parameter.name) }));
}

function checkParameter(parameter: Parameter, where: string): void {
  if (parameter.$ref !== undefined)
    throw new Error(`${where}: $ref of a parameter is not supported, got ${parameter.$ref}`);
  if (parameter.name === undefined || !['path', 'query', 'header'].includes(String(parameter.in))) {
    throw new Error(
      `${where}: a parameter needs a name and in path, query or header, got ${JSON.stringify(parameter)}`,
    );
  }
}
