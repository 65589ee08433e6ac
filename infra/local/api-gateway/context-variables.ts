import type { ApiCall } from './api-call';

const REQUEST_VARIABLES = [
  'accountId',
  'apiId',
  'domainName',
  'domainPrefix',
  'error.message',
  'error.messageString',
  'error.responseType',
  'extendedRequestId',
  'httpMethod',
  'identity.apiKey',
  'identity.apiKeyId',
  'identity.caller',
  'identity.sourceIp',
  'identity.user',
  'identity.userAgent',
  'path',
  'protocol',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'resourceId',
  'resourcePath',
  'stage',
  'xrayTraceId',
];
const VARIABLE = /\$context((?:\.[A-Za-z0-9_-]+)+)/g;

/**
 * Replaces each `$context.name` in a template by its value, or by `absent` where the request has none. API Gateway does
 * no escaping here, so neither does this; `$context.error.messageString` is quoted as JSON by itself.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function renderTemplate(template: string, call: ApiCall, absent: string): string {
  return template.replace(VARIABLE, (_, path: string) => findVariable(call, path.slice(1)) ?? absent);
}

/** The value of `$context.<name>` as text; `undefined` where the request has none. */
export function findVariable(call: ApiCall, name: string): string | undefined {
  const value = valueAt(call.outcome, name) ?? valueAt(call.requestContext, name);
  return value === undefined || value === null ? undefined : String(value);
}

/** @throws {Error} when the template of a gateway response uses a variable that is not kept here, naming it */
export function checkTemplate(template: string, where: string): void {
  const foreign = template.match(/\$(?:input|util|stageVariables|method)\b/)?.[0];
  if (foreign !== undefined) throw new Error(`${where}: only $context variables are supported, got ${foreign}`);
  for (const [, path] of template.matchAll(VARIABLE)) checkVariable((path ?? '').slice(1), where);
}

/** @throws {Error} when `$context.<name>` is not kept here */
export function checkVariable(name: string, where: string): void {
  if (REQUEST_VARIABLES.includes(name) || /^authorizer\.[A-Za-z0-9_-]+$/.test(name)) return;
  throw new Error(
    `${where}: $context.${name} is not supported; known are authorizer.*, ${REQUEST_VARIABLES.join(', ')}`,
  );
}

function valueAt(values: object, name: string): unknown {
  let value: unknown = values;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'object' ? undefined : value;
}
