/** The API Gateway room: serves a REST API from its OpenAPI body, calling Lambda functions. */

import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { type BeginSpan, openTracing, statusOfAnswer } from '../tracing';
import { type ApiCall, beginCall } from './api-call';
import { type Authorize, openAuthorizer } from './authorizer';
import { renderTemplate } from './context-variables';
import { GatewayResponseError, openGatewayResponses } from './gateway-response';
import { findHeader, type HttpAnswer, type HttpRequest, parseQuery, setHeader } from './http-message';
import { integrate } from './lambda-integration';
import type { OpenApiDocument } from './open-api-document';
import type { MatchedRequest } from './proxy-event';
import { readAuthorizers } from './read-authorizers';
import { type MethodDefinition, readMethods } from './read-methods';
import { checkRequestSize } from './request-limits';
import { buildRouteTable, parsePath } from './route-table';
import { type MethodSetting, openStageThrottle } from './stage-throttle';
import { openUsagePlans, type UsagePlanDefinition } from './usage-plans';

/** One REST API and its stage, resolved from the template. */
export interface RestApiDefinition {
  restApiId: string;
  stageName: string;
  body: OpenApiDocument;
  usagePlans: readonly UsagePlanDefinition[];
  stage: {
    tracingEnabled: boolean;
    methodSettings: readonly MethodSetting[];
    /** One line for each request, with `$context` variables; no access log when absent. */
    accessLog?: { logGroupArn: string; format: string };
  };
}

export interface RestApiOptions {
  definition: RestApiDefinition;
  /** Runs a function; rejects when the Lambda service refuses the invocation, such as for throttling. */
  invokeLambda: (
    functionArn: string,
    payload: string,
    traceHeader: string,
  ) => Promise<{ payload: string; functionError?: string }>;
  clock: Clock;
  region: string;
  accountId: string;
  /** Whether the function's resource policy lets API Gateway invoke it on behalf of `sourceArn`. */
  isInvokable: (functionArn: string, sourceArn: string) => boolean;
  /** Where usage against quotas is counted. */
  store: KeyValueStore;
  onAccessLog: (logGroupArn: string, line: string) => void;
  /** A new UUID, for request and trace ids; random unless told. */
  newId?: () => string;
  /** Begins the segment of a request. Default: nothing is recorded. */
  beginSpan?: BeginSpan;
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
  const { clock, onAccessLog, newId = randomUUID, beginSpan = openTracing(options.clock) } = options;
  const { body, stage } = options.definition;
  const serve = openMethods(options);
  const toGatewayResponse = openGatewayResponses(body['x-amazon-apigateway-gateway-responses'] ?? {});
  return {
    handle: async (request) => {
      const call = beginCall(request, { ...options, newId, beginSpan });
      const answer = await serve(call).catch((error: unknown) => {
        if (error instanceof GatewayResponseError) return toGatewayResponse(error, call);
        throw error;
      });
      setHeader(answer.headers, 'x-amzn-RequestId', call.requestContext.requestId);
      setHeader(answer.headers, 'x-amz-apigw-id', call.requestContext.extendedRequestId);
      setHeader(answer.headers, 'X-Amzn-Trace-Id', call.traceHeader);
      if (stage.tracingEnabled) call.segment.end(statusOfAnswer(answer.status));
      call.outcome.status = answer.status;
      call.outcome.responseLength = answer.body.length;
      call.outcome.responseLatency = clock.now() - call.startedAtMs;
      const { accessLog } = stage;
      if (accessLog !== undefined) onAccessLog(accessLog.logGroupArn, renderTemplate(accessLog.format, call, '-'));
      return answer;
    },
  };
}

function openMethods(options: RestApiOptions): (call: ApiCall) => Promise<HttpAnswer> {
  const { restApiId, stageName, stage, body, usagePlans } = options.definition;
  const apiArn = `arn:aws:execute-api:${options.region}:${options.accountId}:${restApiId}`;
  const methods = readMethods(body);
  const authorizers = openAuthorizers(methods, options, apiArn);
  const findRoute = buildRouteTable(methods);
  const admitClient = openUsagePlans(usagePlans, options);
  const throttle = openStageThrottle(stage.methodSettings, methods, options.clock);
  return async (call) => {
    const { request, requestContext } = call;
    checkRequestSize(request);
    const { segments, queryParameters } = decode(request);
    const route = findRoute(request.method, segments);
    if (route === undefined) {
      throw new GatewayResponseError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    }
    const { method, pathParameters } = route;
    const { resourcePath, httpMethod, integration } = method;
    Object.assign(requestContext, { resourceId: toResourceId(resourcePath), resourcePath });
    const stageArn = `${apiArn}/${stageName}/${httpMethod}`;
    const authorize = authorizers.get(method.securityScheme);
    if (authorize) await authorize(call, `${stageArn}${request.rawPath}`);
    if (method.needsApiKey) {
      const { apiKeyId, value: apiKey } = await admitClient(findHeader(request.headers, 'x-api-key'));
      Object.assign(requestContext.identity, { apiKey, apiKeyId });
    }
    throttle(method);
    const matched = { resourcePath, pathParameters, queryParameters };
    checkRequired(method, request, matched);
    if (integration.kind === 'mock') return { ...integration.answer, headers: { ...integration.answer.headers } };
    return integrate(options, integration, call, matched, `${stageArn}${resourcePath}`);
  };
}

function openAuthorizers(
  methods: readonly MethodDefinition[],
  options: RestApiOptions,
  apiArn: string,
): Map<string | undefined, Authorize> {
  const authorizers = new Map<string | undefined, Authorize>();
  for (const definition of readAuthorizers(options.definition.body)) {
    const { name } = definition;
    authorizers.set(name, openAuthorizer(definition, options, `${apiArn}/authorizers/${name}`));
  }
  for (const { httpMethod, resourcePath, securityScheme } of methods) {
    if (securityScheme === undefined || authorizers.has(securityScheme)) continue;
    throw new Error(`${httpMethod} ${resourcePath}: there is no security scheme ${securityScheme}`);
  }
  return authorizers;
}

function decode({ rawPath, rawQueryString }: HttpRequest) {
  try {
    return { segments: parsePath(rawPath), queryParameters: parseQuery(rawQueryString) };
  } catch {
    // The percent-encoding is malformed.
    throw new GatewayResponseError('DEFAULT_4XX', 'Bad Request');
  }
}

/** Present and not blank is all that API Gateway asks of a required parameter. */
function checkRequired({ requiredParameters }: MethodDefinition, request: HttpRequest, matched: MatchedRequest): void {
  const missing = requiredParameters.filter(({ in: place, name }) => {
    if (place === 'header') return !findHeader(request.headers, name)?.trim();
    return !(place === 'path' ? matched.pathParameters[name] : matched.queryParameters[name]?.at(-1))?.trim();
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new GatewayResponseError('BAD_REQUEST_PARAMETERS', `Missing required request parameters: [${names}]`);
}

/** The same path has the same id at every start, so that logs can be compared. */
function toResourceId(resourcePath: string): string {
  return createHash('sha256').update(resourcePath).digest('hex').slice(0, 6);
}
