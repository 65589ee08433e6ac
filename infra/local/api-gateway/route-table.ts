import type { MethodDefinition } from './read-methods';

/** A method that a request matched, with what its path says, decoded. */
interface RouteMatch {
  method: MethodDefinition;
  pathParameters: Record<string, string>;
}

interface Resource {
  literals: Map<string, Resource>;
  parameter?: { name: string; resource: Resource };
  methods: Map<string, MethodDefinition>;
}

/**
 * Arranges methods as the tree of resources that API Gateway makes of them. A literal segment wins over a path parameter.
 * The returned function finds the method of a request; `undefined` when the API has none.
 *
 * @throws {Error} when a path is not made of literals and whole-segment parameters, or two parameters compete for a segment
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export function buildRouteTable(
  methods: readonly MethodDefinition[],
): (httpMethod: string, segments: readonly string[]) => RouteMatch | undefined {
  const root = newResource();
  for (const method of methods) {
    if (!/^\/$|^(\/([^/{}]+|\{[A-Za-z0-9._-]+\}))+$/.test(method.resourcePath)) {
      throw new Error(`a path must be made of /literal and /{parameter}, got ${method.resourcePath}`);
    }
    const resource = parsePath(method.resourcePath).reduce(child, root);
    resource.methods.set(method.httpMethod, method);
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

function child(resource: Resource, segment: string): Resource {
  if (!segment.startsWith('{')) {
    const literal = resource.literals.get(segment) ?? newResource();
    resource.literals.set(segment, literal);
    return literal;
  }
  const name = segment.slice(1, -1);
  resource.parameter ??= { name, resource: newResource() };
  if (resource.parameter.name === name) return resource.parameter.resource;
  throw new Error(`path parameter {${name}} competes with {${resource.parameter.name}} for a segment`);
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
