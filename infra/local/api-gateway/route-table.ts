import type { MethodDefinition } from './read-methods';

/** A method that a request matched, with what its path says, decoded. */
export interface RouteMatch {
  method: MethodDefinition;
  pathParameters: Record<string, string>;
}

/** Finds the method of a request; `undefined` when the API has none. */
export type RouteTable = (httpMethod: string, segments: readonly string[]) => RouteMatch | undefined;

interface Resource {
  literals: Map<string, Resource>;
  parameter?: { name: string; resource: Resource };
  methods: Map<string, MethodDefinition>;
}

/**
 * Arranges methods as the tree of resources that API Gateway makes of them. A literal segment wins over a path parameter.
 *
 * @throws {Error} when a path is not made of literals and whole-segment parameters, or two parameters compete for a segment
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export function buildRouteTable(methods: readonly MethodDefinition[]): RouteTable {
  const root = newResource();
  for (const method of methods) {
    resourceAt(root, method.resourcePath).methods.set(method.httpMethod, method);
  }
  return (httpMethod, segments) => find(root, httpMethod, segments, {});
}

/**
 * The decoded segments of a path; a trailing slash counts for nothing, as in API Gateway.
 *
 * @throws {URIError} when the percent-encoding is malformed
 */
export function parsePath(rawPath: string): string[] {
  const path = rawPath.replace(/^\//, '').replace(/\/$/, '');
  return path === '' ? [] : path.split('/').map(decodeURIComponent);
}

function resourceAt(root: Resource, resourcePath: string): Resource {
  if (!/^\/([^/]+(\/[^/]+)*)?$/.test(resourcePath)) {
    throw new Error(`REST API path must begin with / and have no empty segment, got ${resourcePath}`);
  }
  let resource = root;
  for (const segment of resourcePath.split('/').filter((text) => text !== '')) {
    resource = child(resource, segment, resourcePath);
  }
  return resource;
}

function child(resource: Resource, segment: string, resourcePath: string): Resource {
  const name = segment.match(/^\{([A-Za-z0-9._-]+)\}$/)?.[1];
  if (name === undefined) {
    if (/[{}]/.test(segment)) {
      throw new Error(`REST API path ${resourcePath}: a parameter must be a whole segment {name}, got ${segment}`);
    }
    const literal = resource.literals.get(segment) ?? newResource();
    resource.literals.set(segment, literal);
    return literal;
  }
  resource.parameter ??= { name, resource: newResource() };
  if (resource.parameter.name !== name) {
    throw new Error(
      `REST API path ${resourcePath}: {${name}} competes with {${resource.parameter.name}} for a segment`,
    );
  }
  return resource.parameter.resource;
}

function find(
  resource: Resource,
  httpMethod: string,
  segments: readonly string[],
  pathParameters: Record<string, string>,
): RouteMatch | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    const method = resource.methods.get(httpMethod);
    return method && { method, pathParameters };
  }
  const literal = resource.literals.get(segment);
  const byLiteral = literal && find(literal, httpMethod, rest, pathParameters);
  if (byLiteral !== undefined || resource.parameter === undefined || segment === '') return byLiteral;
  const { name, resource: next } = resource.parameter;
  return find(next, httpMethod, rest, { ...pathParameters, [name]: segment });
}

function newResource(): Resource {
  return { literals: new Map(), methods: new Map() };
}
