import type { ApiCall } from './api-call';

/**
 * Replaces each `$context.name` in a template by its value, or by `absent` where the request has none. API Gateway does
 * no escaping here, so neither does this; `$context.error.messageString` is quoted as JSON by itself.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function renderTemplate(template: string, call: ApiCall, absent: string): string {
  return template.replace(
    /\$context\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)/g,
    (_, name: string) => findVariable(call, name) ?? absent,
  );
}

/** The value of `$context.<name>` as text; `undefined` where the request has none. */
export function findVariable(call: ApiCall, name: string): string | undefined {
  const value = valueAt(call.outcome, name) ?? valueAt(call.requestContext, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function valueAt(values: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], values);
}
