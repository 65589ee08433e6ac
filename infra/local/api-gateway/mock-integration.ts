import type { HttpAnswer } from './http-message';

const MEMBERS = ['type', 'passthroughBehavior', 'requestTemplates', 'responses', 'timeoutInMillis'];
const RESPONSE_MEMBERS = ['statusCode', 'responseParameters', 'responseTemplates'];
const HEADER_KEY = 'method.response.header.';
const MEDIA_TYPE = 'application/json';

/**
 * The one answer of a mock integration, as far as preflight requests of CORS need it: the request template is nothing but
 * a status code, which selects the response, whose headers and body do not depend on the request.
 *
 * @throws {Error} when the integration says more than that
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function readMockAnswer(integration: Readonly<Record<string, unknown>>, where: string): HttpAnswer {
  checkMembers(integration, MEMBERS, `${where}: mock integration`);
  const template = (integration.requestTemplates as Record<string, string> | undefined)?.[MEDIA_TYPE];
  // The CDK writes { statusCode: 200 }, which API Gateway takes although it is no JSON.
  const selected = String(template).match(/^\s*\{\s*"?statusCode"?\s*:\s*(\d{3})\s*\}\s*$/)?.[1];
  if (selected === undefined) {
    throw new Error(
      `${where}: the mock's template for ${MEDIA_TYPE} must be {"statusCode": <number>}, got ${template}`,
    );
  }
  const responses = Object.entries((integration.responses ?? {}) as Record<string, MockResponse>);
  const [, response] =
    responses.find(([pattern]) => new RegExp(`^(?:${pattern})$`).test(selected)) ??
    responses.find(([pattern]) => pattern === 'default') ??
    [];
  if (response === undefined) throw new Error(`${where}: the mock integration has no response for ${selected}`);
  return toAnswer(response, where);
}

interface MockResponse {
  statusCode?: string | number;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string>;
}

function toAnswer(response: MockResponse, where: string): HttpAnswer {
  checkMembers(response, RESPONSE_MEMBERS, `${where}: mock response`);
  const headers = Object.entries(response.responseParameters ?? {}).map(([key, value]) => {
    if (key.startsWith(HEADER_KEY) && /^'.*'$/.test(value)) return [key.slice(HEADER_KEY.length), value.slice(1, -1)];
    throw new Error(`${where}: a mock response sets ${HEADER_KEY}<name> to 'static', got ${key}: ${value}`);
  });
  const body = response.responseTemplates?.[MEDIA_TYPE] ?? '';
  if (/[$#]/.test(body)) throw new Error(`${where}: the template of a mock response must be plain text, got ${body}`);
  return {
    status: Number(response.statusCode),
    headers: { 'Content-Type': MEDIA_TYPE, ...Object.fromEntries(headers) },
    body: Buffer.from(body),
  };
}

function checkMembers(part: object, known: readonly string[], where: string): void {
  const foreign = Object.keys(part).find((member) => !known.includes(member));
  if (foreign !== undefined) throw new Error(`${where} member ${foreign} is not supported; ${known.join(', ')} are`);
}
