/** The API Gateway room: serves a REST API from its OpenAPI body, calling Lambda functions. */

import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { type ApiCall, beginCall } from './api-call';
import { type Authorize, openAuthorizer } from './authorizer';
import { renderTemplate } from './context-variables';
import { type GatewayResponseDefinition, openGatewayResponses } from './gateway-response';
import { GatewayResponseError } from './gateway-response-error';
import { findHeader, type HttpAnswer, type HttpRequest, parseQuery, setHeader } from './http-message';
import type { LambdaAccess } from './lambda-call';
import { integrate } from './lambda-integration';
import type { OpenApiDocument } from './open-api-document';
import type { MatchedRequest } from './proxy-event';
import { readAuthorizers } from './read-authorizers';
import { type MethodDefinition, type RequiredParameter, readMethods } from './read-methods';
import { checkMethodArn, checkRequestSize } from './request-limits';
import { buildRouteTable, parsePath } from './route-table';
import { type MethodSetting, openStageThrottle } from './stage-throttle';
import { openUsagePlans, type UsagePlanDefinition } from './usage-plans';

/** One REST API and its stage, resolved from the template. */
export interface RestApiDefinition {
  restApiId: string;
  stageName: string;
  body: OpenApiDocument;
  /** The API's `AWS::ApiGateway::GatewayResponse` resources; those in the body come on top, and these win. */
  gatewayResponses: GatewayResponseDefinition[];
  /** Where requests have their API keys; `HEADER` unless told here or in the body. */
  apiKeySource?: string;
  usagePlans?: readonly UsagePlanDefinition[];
  stage: {
    tracingEnabled: boolean;
    methodSettings?: readonly MethodSetting[];
    /** One line for each request, with `$context` variables; no access log when absent. */
    accessLog?: { logGroupArn: string; format: string };
  };
}

export interface RestApiOptions {
  definition: RestApiDefinition;
  invokeLambda: LambdaAccess['invokeLambda'];
  clock: Clock;
  region: string;
  accountId: string;
  /** The functions' resource policies; everything is allowed unless told. */
  isInvokable?: LambdaAccess['isInvokable'];
  /** Where usage against quotas is counted; needed only with usage plans that have some. */
  store?: KeyValueStore;
  onAccessLog?: (logGroupArn: string, line: string) => void;
  /** Why the gateway itself answered a request, with what its client is not told. */
  onExecutionLog?: (line: string) => void;
  /** A new UUID, for request and trace ids; random unless told. */
  newId?: () => string;
}

export interface RestApi {
  /** Answers one request. Rejects only for a defect of the gateway itself. */
  handle(request: HttpRequest): Promise<HttpAnswer>;
}

/**
 * Opens a REST API, mapped at the root of its address as with a custom domain. A request passes the authorizer first,
 * then its usage plan, then the throttles of the stage and of the account.
 *
 * @throws {Error} when the body, a gateway response or a usage plan uses what is not supported, saying which and where
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
 * @see https://repost.aws/knowledge-center/api-gateway-logs for the order
 */
export function openRestApi(options: RestApiOptions): RestApi {
  const { definition, clock, newId = randomUUID } = options;
  const { restApiId, stageName, stage } = definition;
  const serve = openMethods(options);
  const toGatewayResponse = openGatewayResponses(allGatewayResponses(definition));
  const surroundings = { accountId: options.accountId, restApiId, stageName, clock, newId };
  return {
    handle: async (request) => {
      const call = beginCall(request, { ...surroundings, tracingEnabled: stage.tracingEnabled });
      const answer = await serve(call).catch((error: unknown) => {
        if (!(error instanceof GatewayResponseError)) throw error;
        options.onExecutionLog?.(`(${call.requestContext.requestId}) ${error.message}`);
        return toGatewayResponse(error, call);
      });
      setHeader(answer.headers, 'x-amzn-RequestId', call.requestContext.requestId);
      setHeader(answer.headers, 'x-amz-apigw-id', call.requestContext.extendedRequestId);
      setHeader(answer.headers, 'X-Amzn-Trace-Id', call.traceHeader);
      call.outcome.status = answer.status;
      call.outcome.responseLength = answer.body.length;
      call.outcome.responseLatency = clock.now() - call.startedAtMs;
      if (stage.accessLog !== undefined) {
        options.onAccessLog?.(stage.accessLog.logGroupArn, renderTemplate(stage.accessLog.format, call, '-'));
      }
      return answer;
    },
  };
}

function allGatewayResponses({ body, gatewayResponses }: RestApiDefinition): GatewayResponseDefinition[] {
  const inBody = Object.entries(body['x-amazon-apigateway-gateway-responses'] ?? {});
  return [...inBody.map(([responseType, response]) => ({ responseType, ...response })), ...gatewayResponses];
}

function openMethods(options: RestApiOptions): (call: ApiCall) => Promise<HttpAnswer> {
  const { restApiId, stageName, stage, body, usagePlans = [] } = options.definition;
  const access: LambdaAccess = { ...options, isInvokable: options.isInvokable ?? (() => true) };
  const apiArn = `arn:aws:execute-api:${options.region}:${options.accountId}:${restApiId}`;
  const methods = readMethods(body);
  const authorizers = openAuthorizers(body, methods, access, apiArn);
  const findRoute = buildRouteTable(methods);
  const keySource = readKeySource(options.definition);
  const admitClient = openUsagePlans(usagePlans, methods, { store: options.store, clock: options.clock });
  const throttle = openStageThrottle(stage.methodSettings ?? [], methods, options.clock);
  return async (call) => {
    const { request, requestContext } = call;
    checkRequestSize(request);
    const { segments, queryParameters } = decode(request);
    const route = findRoute(request.method, segments);
    if (route === undefined) {
      throw new GatewayResponseError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    }
    const { method, pathParameters } = route;
    const { resourcePath, httpMethod } = method;
    Object.assign(requestContext, { resourceId: toResourceId(resourcePath), resourcePath });
    const matched = { resourcePath, pathParameters, queryParameters };
    const authorize = authorizers.get(method.securityScheme ?? '');
    let usageIdentifierKey: string | undefined;
    if (authorize !== undefined) {
      const methodArn = `${apiArn}/${stageName}/${httpMethod}${request.rawPath}`;
      checkMethodArn(methodArn);
      ({ context: requestContext.authorizer, usageIdentifierKey } = await authorize(call, matched, methodArn));
    }
    if (method.needsApiKey) {
      const value = keySource === 'HEADER' ? findHeader(request.headers, 'x-api-key') : usageIdentifierKey;
      const { apiKeyId, value: apiKey } = await admitClient(method, value);
      Object.assign(requestContext.identity, { apiKey, apiKeyId });
    }
    throttle(method);
    checkRequired(method.requiredParameters, request, matched);
    const { integration } = method;
    if (integration.kind === 'mock') return { ...integration.answer, headers: { ...integration.answer.headers } };
    return integrate(access, integration, call, matched, `${apiArn}/${stageName}/${httpMethod}${resourcePath}`);
  };
}

function readKeySource({ apiKeySource, body }: RestApiDefinition): 'HEADER' | 'AUTHORIZER' {
  const given = [apiKeySource, body['x-amazon-apigateway-api-key-source']].filter((source) => source !== undefined);
  const [source = 'HEADER', ...others] = new Set(given);
  if (others.length === 0 && (source === 'HEADER' || source === 'AUTHORIZER')) return source;
  throw new Error(`the API key source must be HEADER or AUTHORIZER, got ${given.join(' and ')}`);
}

function openAuthorizers(
  body: OpenApiDocument,
  methods: readonly MethodDefinition[],
  access: LambdaAccess,
  apiArn: string,
): Map<string, Authorize> {
  const definitions = readAuthorizers(body);
  for (const { httpMethod, resourcePath, securityScheme } of methods) {
    if (securityScheme !== undefined && !definitions.has(securityScheme)) {
      throw new Error(`${httpMethod} ${resourcePath}: there is no security scheme ${securityScheme}`);
    }
  }
  return new Map(
    [...definitions.values()].map((definition) => [
      definition.name,
      openAuthorizer(definition, access, `${apiArn}/authorizers/${definition.name}`),
    ]),
  );
}

function decode(request: HttpRequest): { segments: string[]; queryParameters: Record<string, string[]> } {
  try {
    return { segments: parsePath(request.rawPath), queryParameters: parseQuery(request.rawQueryString) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new GatewayResponseError('DEFAULT_4XX', 'Bad Request', { log: 'Malformed percent-encoding' });
  }
}

/** Present and not blank is all that API Gateway asks of a required parameter. */
function checkRequired(required: readonly RequiredParameter[], request: HttpRequest, matched: MatchedRequest): void {
  const missing = required.filter(({ in: place, name }) => {
    if (place === 'header') return isBlank(findHeader(request.headers, name));
    return isBlank(place === 'path' ? matched.pathParameters[name] : matched.queryParameters[name]?.at(-1));
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new GatewayResponseError('BAD_REQUEST_PARAMETERS', `Missing required request parameters: [${names}]`);
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** The same path has the same id at every start, so that logs can be compared. */
function toResourceId(resourcePath: string): string {
  return createHash('sha256').update(resourcePath).digest('hex').slice(0, 6);
}
