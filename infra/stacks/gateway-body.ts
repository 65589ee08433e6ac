import { problemType } from '../../lib/http/problem';
import type { ServiceContract } from '../../lib/service/contract';
import { type OpenApiDocument, SECURITY_SCHEME, toOpenApi } from '../../lib/service/openapi';
import { listRoutes } from '../../lib/service/routes';

/** Who stands behind the operations, as API Gateway addresses it. */
export interface Backends {
  /** The integration URI of a handler. */
  uri(service: string, handler: string): string;
  readonly authorizerUri: string;
}

/** So long the gateway keeps what the authorizer said of a token. The policy speaks of all routes, so that is safe. */
const AUTHORIZER_TTL_SECONDS = 60;

/** What the gateway itself answers, as problems: the type of response, its status, our code for it. */
const GATEWAY_PROBLEMS = [
  ['BAD_REQUEST_PARAMETERS', 400, 'INVALID_REQUEST', 'Bad Request'],
  ['BAD_REQUEST_BODY', 400, 'INVALID_REQUEST', 'Bad Request'],
  ['UNAUTHORIZED', 401, 'UNAUTHORIZED', 'Unauthorized'],
  ['ACCESS_DENIED', 403, 'SCOPE_MISSING', 'Forbidden'],
  ['MISSING_AUTHENTICATION_TOKEN', 404, 'ROUTE_NOT_FOUND', 'Not Found'],
  // No route is signed with SigV4, so a signature can only be missed where there is no route.
  ['INVALID_SIGNATURE', 404, 'ROUTE_NOT_FOUND', 'Not Found'],
  ['RESOURCE_NOT_FOUND', 404, 'ROUTE_NOT_FOUND', 'Not Found'],
  ['EXPIRED_TOKEN', 403, 'FORBIDDEN', 'Forbidden'],
  ['INVALID_API_KEY', 403, 'FORBIDDEN', 'Forbidden'],
  ['WAF_FILTERED', 403, 'FORBIDDEN', 'Forbidden'],
  ['REQUEST_TOO_LARGE', 413, 'PAYLOAD_TOO_LARGE', 'Payload Too Large'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'],
  ['THROTTLED', 429, 'TOO_MANY_REQUESTS', 'Too Many Requests'],
  ['QUOTA_EXCEEDED', 429, 'TOO_MANY_REQUESTS', 'Too Many Requests'],
  ['INTEGRATION_FAILURE', 502, 'INTERNAL_ERROR', 'Bad Gateway'],
  ['INTEGRATION_TIMEOUT', 504, 'TIMEOUT', 'Gateway Timeout'],
  ['DEFAULT_4XX', undefined, 'BAD_REQUEST', 'Bad Request'],
  ['DEFAULT_5XX', undefined, 'INTERNAL_ERROR', 'Internal Server Error'],
] as const;

/** The detail of a gateway's problem where AWS's own message would say too little or too much. */
const DETAILS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: '"a valid access token is needed in the header Authorization"',
  ACCESS_DENIED: '"the access token lacks the scope of this route"',
  MISSING_AUTHENTICATION_TOKEN: '"there is no such route"',
  INVALID_SIGNATURE: '"there is no such route"',
};

/** The OpenAPI document of the API with what API Gateway needs to run it. */
export function toGatewayBody(services: readonly ServiceContract[], backends: Backends): OpenApiDocument {
  const document = toOpenApi(services);
  for (const { service, handler, route } of listRoutes(services)) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    if (!operation) continue;
    // The importer would make a model of every schema, which nothing uses: the handlers check bodies. Some it refuses.
    delete operation.requestBody;
    for (const response of Object.values(operation.responses as Record<string, { content?: unknown }>)) {
      delete response.content;
    }
    operation['x-amazon-apigateway-integration'] = {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: backends.uri(service.name, handler),
      timeoutInMillis: 29_000,
    };
  }
  Object.assign(document.components.securitySchemes[SECURITY_SCHEME] ?? {}, {
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: 'token',
      authorizerUri: backends.authorizerUri,
      authorizerResultTtlInSeconds: AUTHORIZER_TTL_SECONDS,
    },
  });
  return {
    ...document,
    components: { ...document.components, schemas: {} },
    'x-amazon-apigateway-request-validators': {
      parameters: { validateRequestParameters: true, validateRequestBody: false },
    },
    'x-amazon-apigateway-request-validator': 'parameters',
    'x-amazon-apigateway-gateway-responses': gatewayResponses(),
  };
}

function gatewayResponses() {
  return Object.fromEntries(
    GATEWAY_PROBLEMS.map(([type, status, code, title]) => [
      type,
      {
        ...(status !== undefined && { statusCode: status }),
        responseParameters: {
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
          'gatewayresponse.header.x-trace-id': 'context.xrayTraceId',
          'gatewayresponse.header.cache-control': "'no-store'",
          ...(status === 401 && { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" }),
          ...(status === 429 && { 'gatewayresponse.header.Retry-After': "'1'" }),
        },
        responseTemplates: { 'application/json': template(type, status, code, title) },
      },
    ]),
  );
}

/** Gateway templates know variables only. A default response has the status of whatever it answers, which has no variable. */
function template(type: string, status: number | undefined, code: string, title: string): string {
  const fallback = type === 'DEFAULT_4XX' ? 400 : 500;
  return (
    `{"type":"${problemType(code)}","title":"${title}","status":${status ?? fallback},` +
    `"detail":${DETAILS[type] ?? '$context.error.messageString'},` +
    `"code":"${code}","traceId":"$context.xrayTraceId"}`
  );
}
