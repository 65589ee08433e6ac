import { services } from '../../../functions/services';
import { type OpenApiDocument, SECURITY_SCHEME, toOpenApi } from '../../../lib/service/openapi';
import { listRoutes } from '../../../lib/service/routes';

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON of many shapes
type Json = any;

const document = toOpenApi(services);
const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation: operation as Json })),
  );
const operationOf = (operationId: string): Json =>
  operationsOf(document).find(({ operation }) => operation.operationId === operationId)?.operation;

describe('the OpenAPI document', () => {
  it('is of the version that API Gateway imports, and is plain JSON', () => {
    expect(document.openapi).toBe('3.0.1');
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(JSON.stringify(document)).not.toContain('$schema');
  });

  it('has an operation for every route of every service, and no other', () => {
    const operations = operationsOf(document).map(
      ({ method, path, operation }) => `${method} ${path} ${operation.operationId} ${operation.tags}`,
    );
    const routes = listRoutes(services).map(
      ({ service, route: { method, path, operationId } }) =>
        `${method.toLowerCase()} ${path} ${operationId} ${service.name}`,
    );

    expect(operations.sort()).toEqual(routes.sort());
  });

  it('gives every operation an id of its own', () => {
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);

    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]*$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks for a token with the scope exactly where the contract has one', () => {
    const asked = operationsOf(document).map(({ method, path, operation }) => ({
      route: `${method} ${path}`,
      security: operation.security,
      scope: operation['x-required-scope'],
      refusals: [401, 403].filter((status) => status in operation.responses),
    }));

    expect(asked).toEqual(
      operationsOf(document).map(({ method, path }) => {
        const found = listRoutes(services).find(
          ({ route }) => route.path === path && route.method.toLowerCase() === method,
        );
        const scope = found?.route.scope ?? undefined;
        const security = scope && [{ [SECURITY_SCHEME]: [] }];
        return { route: `${method} ${path}`, security, scope, refusals: scope ? [401, 403] : [] };
      }),
    );
    expect(document.components.securitySchemes[SECURITY_SCHEME]).toMatchObject({
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
    });
  });

  it('names the parameters of the path as required, those of the query as not', () => {
    expect(operationOf('getOrder').parameters).toEqual([
      { name: 'orderId', in: 'path', required: true, schema: { type: 'string', pattern: '^ord_[0-9a-f]{32}$' } },
    ]);
    expect(operationOf('listOrders').parameters).toEqual([
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 100 } },
      { name: 'cursor', in: 'query', required: false, schema: { type: 'string', minLength: 1, maxLength: 1000 } },
    ]);
  });

  it('requires the idempotency key where the contract does', () => {
    const keyed = operationsOf(document).filter(({ operation }) =>
      operation.parameters.some(({ name, required }: Json) => name === 'Idempotency-Key' && required),
    );

    const asked = listRoutes(services).filter(({ route }) => route.idempotencyKey);
    expect(keyed.map(({ operation }) => operation.operationId)).toEqual(asked.map(({ route }) => route.operationId));
    expect(asked.map(({ route }) => route.operationId)).toContain('createOrder');
  });

  it('describes the body of an order as the handler checks it', () => {
    const body = operationOf('createOrder').requestBody;

    expect(body.required).toBe(true);
    expect(body.content['application/json'].schema).toEqual({
      type: 'object',
      required: ['items', 'payment', 'shipTo'],
      additionalProperties: false,
      properties: {
        items: {
          type: 'array',
          minItems: 1,
          maxItems: 20,
          items: {
            type: 'object',
            required: ['sku', 'quantity'],
            additionalProperties: false,
            properties: {
              sku: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$' },
              quantity: { type: 'integer', minimum: 1, maximum: 1000 },
            },
          },
        },
        payment: {
          type: 'object',
          required: ['token'],
          additionalProperties: false,
          properties: { token: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' } },
        },
        shipTo: {
          type: 'object',
          required: ['name', 'line1', 'city', 'postalCode', 'country'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', minLength: 1, maxLength: 100, pattern: '\\S' },
            line1: { type: 'string', minLength: 1, maxLength: 200, pattern: '\\S' },
            line2: { type: 'string', minLength: 1, maxLength: 200, pattern: '\\S' },
            city: { type: 'string', minLength: 1, maxLength: 100, pattern: '\\S' },
            postalCode: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$' },
            country: { type: 'string', pattern: '^[A-Z]{2}$' },
          },
        },
      },
    });
  });

  it('describes the answers of the contract, and every other as a problem', () => {
    const { responses } = operationOf('createOrder');
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

    expect(Object.keys(responses)).toEqual([
      '202',
      '400',
      '401',
      '403',
      '413',
      '415',
      '422',
      '429',
      '500',
      '502',
      '503',
      '504',
    ]);
    expect(responses['202'].content['application/json'].schema.required).toContain('orderId');
    expect(responses['422'].content).toEqual(problem);
  });

  it('keeps the answer of the contract where a problem has the same status', () => {
    expect(operationOf('getHealth').responses['503'].content).toHaveProperty(['application/json']);
  });

  it('describes every answer in words', () => {
    const silent = operationsOf(document).flatMap(({ operation }) =>
      Object.entries(operation.responses as Json).filter(([, response]: Json) => !response.description),
    );

    expect(silent).toEqual([]);
  });

  it('refers only to schemas that it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1],
    );

    expect([...new Set(references)]).toEqual(Object.keys(document.components.schemas));
  });
});
