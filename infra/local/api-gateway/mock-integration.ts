import type { HttpAnswer } from './http-message';
import { checkMembers } from './open-api-document';

const MEMBERS = ['type', 'passthroughBehavior', 'requestTemplates', 'responses', 'timeoutInMillis'];
const RESPONSE_MEMBERS = ['statusCode', 'responseParameters', 'responseTemplates'];
const HEADER_KEY = 'method.response.header.';
const MEDIA_TYPE = 'application/json';

interface MockResponse {
  statusCode?: string | number;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string>;
}

/**
 * The one answer of a mock integration, as far as preflight requests of CORS need it: the default response, whose headers
 * and body do not depend on the request.
 *
 * @throws {Error} when the integration says more than that
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function readMockAnswer(integration: Readonly<Record<string, unknown>>, where: string): HttpAnswer {
  checkMembers(integration, MEMBERS, `${where}: mock integration`);
  const { default: response = {}, ...others } = (integration.responses ?? {}) as Record<string, MockResponse>;
  checkMembers(others, ['default'], `${where}: mock integration: responses`);
  checkMembers(response, RESPONSE_MEMBERS, `${where}: mock response`);
  const headers = Object.entries(response.responseParameters ?? {}).map(([key, value]) => {
    if (key.startsWith(HEADER_KEY) && /^'.*'$/.test(value)) return [key.slice(HEADER_KEY.length), value.slice(1, -1)];
    throw new Error(`${where}: a mock response sets ${HEADER_KEY}<name> to 'static', got ${key}: ${value}`);
  });
  const body = response.responseTemplates?.[MEDIA_TYPE] ?? '';
  if (/[$#]/.test(body)) throw new Error(`${where}: the template of a mock response must be plain text, got ${body}`);
  return {
    status: Number(response.statusCode ?? 200),
    headers: { 'Content-Type': MEDIA_TYPE, ...Object.fromEntries(headers) },
    body: Buffer.from(body),
  };
}
