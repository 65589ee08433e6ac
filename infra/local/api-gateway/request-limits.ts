import { GatewayResponseError } from './gateway-response-error';
import { findHeader, type HttpRequest } from './http-message';

/** API Gateway's limit of a payload, in either direction, which no quota raises. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;
const MAX_URL_CHARACTERS = 10_240;
const MAX_METHOD_ARN_BYTES = 1_600;

/**
 * Refuses a request larger than API Gateway takes. Its header values may have 10,240 bytes together, its URL as many
 * characters, its body 10 MB.
 *
 * @throws {GatewayResponseError} REQUEST_TOO_LARGE, or DEFAULT_4XX with 414 for the URL
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export function checkRequestSize(request: HttpRequest): void {
  const { headers, rawPath, rawQueryString, body } = request;
  const url = `https://${findHeader(headers, 'Host') ?? ''}${rawPath}?${rawQueryString}`;
  if (url.length > MAX_URL_CHARACTERS) throw uriTooLong();
  if (Buffer.byteLength(Object.values(headers).flat().join('')) > MAX_HEADER_BYTES) {
    throw new GatewayResponseError('REQUEST_TOO_LARGE', `HTTP header is larger than ${MAX_HEADER_BYTES} bytes.`);
  }
  if (request.isBodyCut || body.length > MAX_PAYLOAD_BYTES) {
    throw new GatewayResponseError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${MAX_PAYLOAD_BYTES} bytes.`);
  }
}

/**
 * Refuses a path that makes the ARN which an authorizer decides about longer than 1,600 bytes.
 *
 * @throws {GatewayResponseError} DEFAULT_4XX with 414
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export function checkMethodArn(methodArn: string): void {
  if (Buffer.byteLength(methodArn) > MAX_METHOD_ARN_BYTES) throw uriTooLong();
}

function uriTooLong(): GatewayResponseError {
  return new GatewayResponseError('DEFAULT_4XX', 'Request URI too long', { status: 414 });
}
