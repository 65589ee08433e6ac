import { GatewayResponseError } from './gateway-response';
import type { HttpRequest } from './http-message';

/** API Gateway's limit of a payload, in either direction, which no quota raises. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;

/**
 * Refuses a request larger than API Gateway takes. Its header values may have 10,240 bytes together, its body 10 MB.
 *
 * @throws {GatewayResponseError} REQUEST_TOO_LARGE
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export function checkRequestSize({ headers, body, isBodyCut }: HttpRequest): void {
  if (Buffer.byteLength(Object.values(headers).flat().join('')) > MAX_HEADER_BYTES) {
    throw new GatewayResponseError('REQUEST_TOO_LARGE', `HTTP header is larger than ${MAX_HEADER_BYTES} bytes.`);
  }
  if (isBodyCut || body.length > MAX_PAYLOAD_BYTES) {
    throw new GatewayResponseError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${MAX_PAYLOAD_BYTES} bytes.`);
  }
}
