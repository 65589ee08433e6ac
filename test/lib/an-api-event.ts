import type { APIGatewayProxyEvent } from 'aws-lambda';

/** What a test wants different in an event of the API. */
export interface EventParts {
  readonly method?: string;
  readonly resource?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly customerId?: string;
}

/** An event as the API hands it to a function: `GET /v1/orders` of the customer `alice`, unless told. */
export function anApiEvent(parts: EventParts = {}): APIGatewayProxyEvent {
  const { method = 'GET', resource = '/v1/orders', customerId = 'alice' } = parts;
  const path = resource.replace(/\{(\w+)\}/g, (_, name: string) => parts.path?.[name] ?? '');
  const event: Partial<APIGatewayProxyEvent> = {
    httpMethod: method,
    resource,
    path,
    headers: { ...parts.headers },
    pathParameters: parts.path ? { ...parts.path } : null,
    queryStringParameters: parts.query ? { ...parts.query } : null,
    body: parts.body ?? null,
    isBase64Encoded: parts.isBase64Encoded ?? false,
    requestContext: {
      path: `/dev${path}`,
      authorizer: { customerId },
    } as unknown as APIGatewayProxyEvent['requestContext'],
  };
  return event as APIGatewayProxyEvent;
}
