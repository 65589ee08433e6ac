import type { ApiCall } from './api-call';
import { findVariable, renderTemplate } from './context-variables';
import { findHeader, type HttpAnswer, setHeader } from './http-message';

/**
 * The status of each gateway response that is given out here, unless a template says otherwise.
 *
 * `INTEGRATION_FAILURE` is documented as 504, but what API Gateway sends for a failed function is 502 and for a refused
 * invocation 500; whoever throws it says which.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const DEFAULT_STATUS = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: 400,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
} as const;

/** A request that the gateway itself answers, with the gateway response of this type. */
export class GatewayResponseError extends Error {
  override readonly name = 'GatewayResponseError';

  /** @param clientMessage what `$context.error.message` says; `null` where API Gateway gives no message */
  constructor(
    readonly responseType: keyof typeof DEFAULT_STATUS,
    readonly clientMessage: string | null,
    readonly status: number = DEFAULT_STATUS[responseType],
  ) {
    super(clientMessage ?? responseType);
  }
}

/** What the body says of one type of gateway response. */
export interface GatewayResponseDefinition {
  statusCode?: string | number;
  /** `gatewayresponse.header.<name>` to `'static'`, `context.<name>` or `method.request.header.<name>`. */
  responseParameters?: Record<string, string>;
  /** `application/json` to the body's template. */
  responseTemplates?: Record<string, string>;
}

const HEADER_KEY = 'gatewayresponse.header.';
const MEDIA_TYPE = 'application/json';
const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/**
 * Prepares an API's gateway responses. A type without a definition takes the status, headers and template of
 * `DEFAULT_4XX` or `DEFAULT_5XX`, whichever its own status belongs to.
 *
 * @throws {Error} when a definition uses what is not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function openGatewayResponses(
  byType: Readonly<Record<string, GatewayResponseDefinition>>,
): (error: GatewayResponseError, call: ApiCall) => HttpAnswer {
  for (const [type, definition] of Object.entries(byType)) checkDefinition(type, definition);
  return (error, call) => {
    const { responseType, clientMessage: message, status } = error;
    call.outcome.error = { message, messageString: JSON.stringify(message), responseType };
    const definition = byType[responseType] ?? byType[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
    const headers: HttpAnswer['headers'] = { 'Content-Type': MEDIA_TYPE };
    for (const [key, source] of Object.entries(definition?.responseParameters ?? {})) {
      const value = findValue(source, call);
      if (value !== undefined) setHeader(headers, key.slice(HEADER_KEY.length), value);
    }
    const template = definition?.responseTemplates?.[MEDIA_TYPE] ?? DEFAULT_TEMPLATE;
    const body = Buffer.from(renderTemplate(template, call, ''));
    return { status: Number(definition?.statusCode ?? status), headers, body };
  };
}

function findValue(source: string, call: ApiCall): string | undefined {
  if (source.startsWith("'")) return source.slice(1, -1);
  if (source.startsWith('context.')) return findVariable(call, source.slice('context.'.length));
  return findHeader(call.request.headers, source.slice('method.request.header.'.length));
}

function checkDefinition(type: string, { responseParameters, responseTemplates }: GatewayResponseDefinition): void {
  for (const [key, source] of Object.entries(responseParameters ?? {})) {
    if (key.startsWith(HEADER_KEY) && /^('.*'|context\..+|method\.request\.header\..+)$/.test(source)) continue;
    const allowed = `${HEADER_KEY}<name> to 'static', context.<name> or method.request.header.<name>`;
    throw new Error(`gateway response ${type} can set ${allowed}, got ${key} to ${source}`);
  }
  const foreign = Object.keys(responseTemplates ?? {}).find((mediaType) => mediaType !== MEDIA_TYPE);
  if (foreign !== undefined) {
    throw new Error(`gateway response ${type}: a template must be for ${MEDIA_TYPE}, got ${foreign}`);
  }
}
