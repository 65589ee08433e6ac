import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type GenericSchema, type InferOutput, optional, pipe, regex, safeParse, strictObject, string } from 'valibot';
import type { FieldError } from '../errors/app-error';
import { InvalidRequestError } from '../errors/request-errors';
import type { RouteContract } from '../service/contract';
import { parseJsonBody } from './json-body';
import { validate } from './validate';

/** 1 to 128 visible ASCII characters. @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07 */
const IdempotencyKey = pipe(string(), regex(/^[\x21-\x7e]{1,128}$/));

type Parsed<Fields> =
  Fields extends Readonly<Record<string, GenericSchema>>
    ? { readonly [Name in keyof Fields]: InferOutput<Fields[Name]> }
    : Record<never, never>;

/** A request that has passed the checks of its route's contract. */
export interface RouteRequest<Route extends RouteContract> {
  readonly path: Parsed<Route['pathParameters']>;
  readonly query: Partial<Parsed<Route['query']>>;
  readonly body: Route['body'] extends GenericSchema ? InferOutput<Route['body']> : undefined;
  /** `sub` of the access token; empty on a route without a scope. */
  readonly customerId: string;
  /** Empty on a route that needs none. */
  readonly idempotencyKey: string;
  /** The path as the client sees it, for `Location`. */
  readonly clientPath: string;
  readonly traceId: string;
}

/**
 * Checks an event of the API against the contract of its route.
 *
 * @throws {InvalidRequestError | MalformedBodyError | UnsupportedMediaTypeError | PayloadTooLargeError}
 */
export function parseRequest<Route extends RouteContract>(
  route: Route,
  event: APIGatewayProxyEvent,
  traceId: string,
): RouteRequest<Route> {
  const errors: FieldError[] = [];
  const check = (schema: GenericSchema, value: unknown, root: string): unknown => {
    const result = validate(schema, value, root);
    if ('value' in result) return result.value;
    errors.push(...result.errors);
    return undefined;
  };
  const path = check(strictObject(route.pathParameters ?? {}), decodedPath(event), 'path');
  const query = check(querySchema(route), queryValues(route, event), 'query');
  const idempotencyKey = route.idempotencyKey
    ? check(IdempotencyKey, header(event, 'idempotency-key'), 'Idempotency-Key')
    : '';
  const body = route.body ? check(route.body, bodyOf(event), 'body') : undefined;
  if (errors.length > 0) throw new InvalidRequestError('the request breaks the contract of this route', errors);
  return {
    path,
    query,
    body,
    idempotencyKey,
    traceId,
    customerId: String(event.requestContext.authorizer?.customerId ?? ''),
    clientPath: event.requestContext.path,
  } as RouteRequest<Route>;
}

/** The value of a header, whatever its case; the last one where there are several. */
export function header(event: APIGatewayProxyEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function bodyOf(event: APIGatewayProxyEvent): unknown {
  const { body, isBase64Encoded } = event;
  return parseJsonBody({ contentType: header(event, 'content-type'), body, isBase64Encoded });
}

/** Path parameters come percent-encoded as the client wrote them. */
function decodedPath(event: APIGatewayProxyEvent): Record<string, unknown> {
  const decode = (value: string | undefined) => {
    try {
      return decodeURIComponent(value ?? '');
    } catch {
      return value;
    }
  };
  return Object.fromEntries(Object.entries(event.pathParameters ?? {}).map(([key, value]) => [key, decode(value)]));
}

function querySchema(route: RouteContract): GenericSchema {
  return strictObject(
    Object.fromEntries(Object.entries(route.query ?? {}).map(([name, schema]) => [name, optional(schema)])),
  );
}

/** Query values are strings; where the contract asks for a number and the string is one in decimal, it becomes one. */
function queryValues(route: RouteContract, event: APIGatewayProxyEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => {
      const schema = route.query?.[name];
      const isDecimal = /^-?\d{1,15}(\.\d{1,10})?$/.test(value ?? '');
      return [name, schema && isDecimal && !safeParse(schema, value).success ? Number(value) : value];
    }),
  );
}
