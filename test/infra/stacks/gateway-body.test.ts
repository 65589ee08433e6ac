import { services } from '../../../functions/services';
import { toGatewayBody } from '../../../infra/stacks/gateway-body';
import { SECURITY_SCHEME } from '../../../lib/service/openapi';
import { listRoutes } from '../../../lib/service/routes';
import { valuesOf } from '../templates';

interface GatewayResponse {
  readonly statusCode?: number;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

const routes = listRoutes(services);
const body = toGatewayBody(services, {
  uri: (service, handler) => `${service}/${handler}`,
  authorizerUri: 'authorizer',
});
const operationOf = ({ path, method }: { path: string; method: string }) => body.paths[path]?.[method.toLowerCase()];
const responses = Object.entries(body['x-amazon-apigateway-gateway-responses'] as Record<string, GatewayResponse>);

describe('the document that API Gateway imports', () => {
  it('has the routes of the contracts and no other', () => {
    const found = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(found.sort()).toEqual(routes.map(({ route: { method, path } }) => `${method} ${path}`).sort());
  });

  it('gives no two operations one name', () => {
    const ids = routes.map(({ route }) => route.operationId);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is of the last version that the importer reads', () => {
    expect(body.openapi).toMatch(/^3\.0\./);
  });

  it.each(routes)('hands $route.method $route.path to its function whole', ({ service, handler, route }) => {
    expect(operationOf(route)?.['x-amazon-apigateway-integration']).toEqual({
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: `${service.name}/${handler}`,
      timeoutInMillis: 29_000,
    });
  });

  it('waits longer for a function than the function may take', () => {
    for (const { service, handler } of routes) {
      expect(service.handlers[handler]?.timeoutSeconds).toBeLessThan(29);
    }
  });

  it.each(routes)('asks for a token at $route.method $route.path only if the contract names a scope', ({ route }) => {
    const operation = operationOf(route);

    expect(operation?.security).toEqual(route.scope === null ? undefined : [{ [SECURITY_SCHEME]: [] }]);
    expect(operation?.['x-required-scope']).toBe(route.scope ?? undefined);
  });

  it('lets only the health check and the document itself go without a token', () => {
    const open = routes.filter(({ route }) => route.scope === null).map(({ route }) => route.path);

    expect(open.sort()).toEqual(['/health', '/openapi.json']);
  });

  it('caches what the authorizer said for a minute at most', () => {
    const scheme = body.components.securitySchemes[SECURITY_SCHEME];

    expect(scheme).toMatchObject({
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: 'authorizer' },
    });
    const [ttlSeconds] = valuesOf(scheme, 'authorizerResultTtlInSeconds') as number[];
    expect(ttlSeconds).toBeGreaterThan(0);
    expect(ttlSeconds).toBeLessThanOrEqual(60);
  });

  it('checks parameters and leaves bodies to the handlers, which say what is wrong with each field', () => {
    const chosen = body['x-amazon-apigateway-request-validator'] as string;

    expect(body['x-amazon-apigateway-request-validators']).toEqual({
      [chosen]: { validateRequestParameters: true, validateRequestBody: false },
    });
  });

  it.each(routes.filter(({ route }) => route.idempotencyKey))(
    'requires an Idempotency-Key at $route.method $route.path',
    ({ route }) => {
      expect(operationOf(route)?.parameters).toContainEqual(
        expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
      );
    },
  );

  it('declares every path parameter, and names paths as the importer wants them', () => {
    for (const { route } of routes) {
      const declared = (
        (operationOf(route)?.parameters ?? []) as Array<{ name: string; in: string; required: boolean }>
      )
        .filter((parameter) => parameter.in === 'path' && parameter.required)
        .map(({ name }) => `{${name}}`);
      expect(declared.sort()).toEqual([...(route.path.match(/\{\w+\}/g) ?? [])].sort());
      expect(route.path).toMatch(/^(\/([\w.,:-]+|\{\w+\}))+$/);
    }
  });

  // The importer makes a model in JSON Schema draft 4 of every schema of a body. It refuses an empty `required`
  // (https://github.com/aws/aws-cdk/issues/27433) and warns of the other keywords, and a warning fails the deployment.
  it('has no schema of a body that the importer refuses or warns of', () => {
    const bodies = Object.values(body.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ requestBody, responses: answers }) => [requestBody, answers]),
    );
    const models = [...valuesOf(bodies, 'schema'), ...Object.values(body.components.schemas ?? {})];
    const unsupported = ['additionalProperties', 'anyOf', 'oneOf', 'nullable', 'discriminator', 'example', 'readOnly'];

    expect(unsupported.filter((keyword) => valuesOf(models, keyword).length > 0)).toEqual([]);
    expect(valuesOf(models, 'required').filter((required) => Array.isArray(required) && required.length === 0)).toEqual(
      [],
    );
  });
});

describe('what API Gateway answers by itself', () => {
  it.each([
    ['BAD_REQUEST_PARAMETERS', 400],
    ['UNAUTHORIZED', 401],
    ['ACCESS_DENIED', 403],
    ['MISSING_AUTHENTICATION_TOKEN', 404],
    ['REQUEST_TOO_LARGE', 413],
    ['UNSUPPORTED_MEDIA_TYPE', 415],
    ['THROTTLED', 429],
    ['QUOTA_EXCEEDED', 429],
    ['INTEGRATION_TIMEOUT', 504],
  ])('is for %s the status %i', (type, status) => {
    expect(Object.fromEntries(responses)[type]?.statusCode).toBe(status);
  });

  it('covers every failure, those without an answer of their own by the defaults', () => {
    expect(responses.map(([type]) => type)).toEqual(
      expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'UNAUTHORIZED']),
    );
  });

  it.each(responses)(
    'is for %s a problem of our form',
    (type, { statusCode, responseParameters, responseTemplates }) => {
      expect(Object.keys(responseTemplates)).toEqual(['application/json']);
      const problem = JSON.parse(
        (responseTemplates['application/json'] ?? '').replace('$context.error.messageString', '"x"'),
      );

      expect(problem).toEqual({
        type: expect.stringMatching(/^urn:holdfast:problem:[a-z-]+$/),
        title: expect.stringMatching(/\w/),
        status: statusCode ?? (type === 'DEFAULT_4XX' ? 400 : 500),
        detail: expect.stringMatching(/\w/),
        code: expect.stringMatching(/^[A-Z][A-Z_]+$/),
        traceId: '$context.xrayTraceId',
      });
      expect(responseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.x-trace-id': 'context.xrayTraceId',
        'gatewayresponse.header.cache-control': "'no-store'",
      });
    },
  );

  it('says how to go on: 401 with the scheme, 429 with a time', () => {
    for (const [, { statusCode, responseParameters }] of responses) {
      expect(responseParameters['gatewayresponse.header.WWW-Authenticate']).toBe(
        statusCode === 401 ? "'Bearer'" : undefined,
      );
      expect(responseParameters['gatewayresponse.header.Retry-After']).toBe(statusCode === 429 ? "'1'" : undefined);
    }
  });
});
