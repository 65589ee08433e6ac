import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpAnswer } from './http-message';

const MEMBERS = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];
const REMAPPED = new Set(
  'authorization connection content-length date host server transfer-encoding trailer upgrade user-agent via www-authenticate'.split(
    ' ',
  ),
);

/**
 * The HTTP answer that a function's result stands for. `statusCode` is 200 unless told, and may be a numeric string; a
 * member that API Gateway does not know makes the whole result malformed.
 *
 * `isBase64Encoded` changes nothing: without binary media types API Gateway sends the text as it is.
 *
 * @throws {Error} saying what is malformed
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function parseProxyAnswer(payload: string): HttpAnswer {
  const result = toMap(JSON.parse(payload), 'the result');
  const unknownMember = Object.keys(result).find((name) => !MEMBERS.includes(name));
  if (unknownMember !== undefined) {
    throw new Error(`${unknownMember} is not a member of a proxy result; known are ${MEMBERS.join(', ')}`);
  }
  const status = Number(result.statusCode ?? 200);
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new Error(`statusCode must be 100 to 599, got ${result.statusCode}`);
  }
  const body = result.body ?? '';
  if (typeof body !== 'string') throw new Error(`body must be a string, got ${JSON.stringify(body).slice(0, 100)}`);
  if (!['undefined', 'boolean'].includes(typeof result.isBase64Encoded)) {
    throw new Error(`isBase64Encoded must be a boolean, got ${result.isBase64Encoded}`);
  }
  return { status, headers: toHeaders(result), body: Buffer.from(body) };
}

/** Merges both maps by name; a pair that stands in both goes out once. */
function toHeaders(result: Record<string, unknown>): HttpAnswer['headers'] {
  const byName = new Map<string, { name: string; values: string[] }>();
  const valuesOf = (name: string) => {
    const header = byName.get(name.toLowerCase()) ?? { name: toSentName(name), values: [] };
    byName.set(name.toLowerCase(), header);
    return header.values;
  };
  for (const [name, values] of Object.entries(toMap(result.multiValueHeaders ?? {}, 'multiValueHeaders'))) {
    if (!Array.isArray(values)) throw new Error(`multiValueHeaders.${name} must be a list, got ${values}`);
    valuesOf(name).push(...values.map((value) => toHeaderText(name, value)));
  }
  for (const [name, value] of Object.entries(toMap(result.headers ?? {}, 'headers'))) {
    const text = toHeaderText(name, value);
    if (!valuesOf(name).includes(text)) valuesOf(name).push(text);
  }
  if (!byName.has('content-type')) valuesOf('Content-Type').push('application/json');
  const headers = [...byName.values()];
  return Object.fromEntries(headers.map(({ name, values }) => [name, values.length === 1 ? `${values[0]}` : values]));
}

/**
 * API Gateway keeps some names to itself and sends the function's value under another.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
function toSentName(name: string): string {
  return REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}

function toHeaderText(name: string, value: unknown): string {
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new Error(`header ${name} must be a string, number or boolean, got ${JSON.stringify(value)}`);
  }
  validateHeaderName(name);
  validateHeaderValue(name, String(value));
  return String(value);
}

function toMap(value: unknown, what: string): Record<string, unknown> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isMap) return value as Record<string, unknown>;
  throw new Error(`${what} must be an object, got ${JSON.stringify(value).slice(0, 100)}`);
}
