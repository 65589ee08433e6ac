import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import type { RouteContract, ServiceContract } from './contract';
import { listRoutes } from './routes';

type Json = Record<string, unknown>;

/** The part of an OpenAPI document that the infrastructure adds to. */
export interface OpenApiDocument extends Json {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Record<string, Json> };
}

/** The name under which routes refer to the authorizer. */
export const SECURITY_SCHEME = 'accessToken';

/** Problems that every route can answer; 401 and 403 only where a scope is asked for. */
const COMMON_PROBLEMS = [400, 429, 500, 502, 504] as const;

const PROBLEM_DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request breaks the contract of this route',
  401: 'There is no valid access token',
  403: 'The access token lacks the scope',
  404: 'There is no such thing, or it is not yours',
  409: 'The state of the thing does not allow it',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The request is understood and cannot be carried out',
  429: 'Too many requests',
  500: 'Something went wrong on our side',
  502: 'A part of ours ended without an answer',
  503: 'A service that is needed is not available; try again later',
  504: 'It took too long; repeat with the same Idempotency-Key',
};

/**
 * The API as an OpenAPI 3.0 document, made from the contracts: the one that the gateway imports and that `/openapi.json`
 * shows. 3.0, because API Gateway imports no later version.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function toOpenApi(services: readonly ServiceContract[]): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const { service, route } of listRoutes(services)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(service, route) };
  }
  return {
    openapi: '3.0.1',
    info: {
      title: 'Holdfast',
      version: '1.0.0',
      description: 'An order system that stays correct when parts of it fail.',
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        [SECURITY_SCHEME]: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description:
            '`Bearer <access token>`, a JWT (RS256 or ES256) of the OIDC issuer with the scope of the operation',
        },
      },
    },
  };
}

function toOperation(service: ServiceContract, route: RouteContract): Json {
  const problems = [
    ...COMMON_PROBLEMS,
    ...(route.scope === null ? [] : [401, 403]),
    ...(route.body ? [413, 415] : []),
    ...(route.problems ?? []),
  ];
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [service.name],
    parameters: parametersOf(route),
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, { description, body }]) => [
          status,
          { description, content: { 'application/json': { schema: toSchema(body) } } },
        ]),
      ),
      ...Object.fromEntries(
        problems.filter((status) => !(status in route.answers)).map((status) => [status, toProblemResponse(status)]),
      ),
    },
    ...(route.scope !== null && { security: [{ [SECURITY_SCHEME]: [] }], 'x-required-scope': route.scope }),
  };
}

function parametersOf(route: RouteContract): Json[] {
  const parameter =
    (place: string, required: boolean) =>
    ([name, schema]: [string, GenericSchema]) => ({
      name,
      in: place,
      required,
      schema: toSchema(schema),
    });
  return [
    ...Object.entries(route.pathParameters ?? {}).map(parameter('path', true)),
    ...Object.entries(route.query ?? {}).map(parameter('query', false)),
    ...(route.idempotencyKey
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
          },
        ]
      : []),
  ];
}

/** The schema in the dialect of OpenAPI 3.0. Checks that only code can make are left to the handler. */
function toSchema(schema: GenericSchema): unknown {
  const { $schema: _, ...rest } = toJsonSchema(schema, { target: 'openapi-3.0', errorMode: 'ignore' }) as Json;
  return rest;
}

function toProblemResponse(status: number): Json {
  return {
    description: PROBLEM_DESCRIPTIONS[status],
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'traceId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'A stable name, listed in docs/errors.md' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};
