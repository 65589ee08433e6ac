import type { ApiCall } from './api-call';
import { checkTemplate, checkVariable, findVariable, renderTemplate } from './context-variables';
import { DEFAULT_STATUS, type GatewayResponseError, UNUSED_TYPES } from './gateway-response-error';
import { findHeader, type HttpAnswer, setHeader } from './http-message';

/** The properties of one `AWS::ApiGateway::GatewayResponse`, resolved. */
export interface GatewayResponseDefinition {
  responseType: string;
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
 * Prepares an API's gateway responses; a later definition of a type replaces an earlier one. A type without a definition
 * takes the status, headers and template of `DEFAULT_4XX` or `DEFAULT_5XX`, whichever its own status belongs to.
 *
 * @throws {Error} when a definition uses what is not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function openGatewayResponses(
  definitions: readonly GatewayResponseDefinition[],
): (error: GatewayResponseError, call: ApiCall) => HttpAnswer {
  for (const definition of definitions) checkDefinition(definition);
  const byType = new Map(definitions.map((definition) => [definition.responseType, definition]));
  return (error, call) => {
    const fallback = error.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
    return toAnswer(byType.get(error.responseType) ?? byType.get(fallback), error, call);
  };
}

function toAnswer(
  definition: GatewayResponseDefinition | undefined,
  error: GatewayResponseError,
  call: ApiCall,
): HttpAnswer {
  call.outcome.error = {
    message: error.clientMessage,
    messageString: JSON.stringify(error.clientMessage),
    responseType: error.responseType,
  };
  const headers: HttpAnswer['headers'] = { 'Content-Type': MEDIA_TYPE };
  for (const [key, source] of Object.entries(definition?.responseParameters ?? {})) {
    const value = findValue(source, call);
    if (value !== undefined) setHeader(headers, key.slice(HEADER_KEY.length), value);
  }
  const template = definition?.responseTemplates?.[MEDIA_TYPE] ?? DEFAULT_TEMPLATE;
  return {
    status: definition?.statusCode === undefined ? error.status : Number(definition.statusCode),
    headers,
    body: Buffer.from(renderTemplate(template, call, '')),
  };
}

function findValue(source: string, call: ApiCall): string | undefined {
  if (source.startsWith("'")) return source.slice(1, -1);
  if (source.startsWith('context.')) return findVariable(call, source.slice('context.'.length));
  return findHeader(call.request.headers, source.slice('method.request.header.'.length));
}

function checkDefinition(definition: GatewayResponseDefinition): void {
  const { responseType, statusCode, responseParameters = {}, responseTemplates = {} } = definition;
  const where = `gateway response ${responseType}`;
  if (!isKnownType(responseType)) {
    throw new Error(
      `${where}: no such type; known are ${[...Object.keys(DEFAULT_STATUS), ...UNUSED_TYPES].join(', ')}`,
    );
  }
  if (statusCode !== undefined && !/^[1-5]\d\d$/.test(String(statusCode))) {
    throw new Error(`${where}: statusCode must be 100 to 599, got ${statusCode}`);
  }
  for (const [key, source] of Object.entries(responseParameters)) checkParameter(key, source, where);
  for (const [mediaType, template] of Object.entries(responseTemplates)) {
    if (mediaType !== MEDIA_TYPE) {
      const advice = `say ${HEADER_KEY}Content-Type: "'${mediaType}'" with a template for ${MEDIA_TYPE}`;
      throw new Error(`${where}: a template for ${mediaType} is not supported; ${advice}`);
    }
    checkTemplate(template, where);
  }
}

function isKnownType(type: string): boolean {
  return Object.hasOwn(DEFAULT_STATUS, type) || UNUSED_TYPES.has(type);
}

function checkParameter(key: string, source: string, where: string): void {
  if (!key.startsWith(HEADER_KEY)) throw new Error(`${where}: only ${HEADER_KEY}<name> can be set, got ${key}`);
  if (/^'.*'$/.test(source) || /^method\.request\.header\.[A-Za-z0-9-]+$/.test(source)) return;
  if (source.startsWith('context.')) {
    checkVariable(source.slice('context.'.length), where);
    return;
  }
  throw new Error(`${where}: ${key} must be 'static', context.<name> or method.request.header.<name>, got ${source}`);
}
