import { MalformedBodyError, PayloadTooLargeError, UnsupportedMediaTypeError } from '../errors/request-errors';

/** The largest body that is read: 256 KB. */
export const MAX_BODY_BYTES = 256 * 1024;

/** A request's body as Lambda hands it over. */
export interface RawBody {
  readonly contentType: string | undefined;
  readonly body: string | null | undefined;
  readonly isBase64Encoded: boolean;
}

/**
 * The parsed JSON of a body.
 *
 * @throws {UnsupportedMediaTypeError} unless it is `application/json`, in UTF-8
 * @throws {PayloadTooLargeError} beyond 256 KB
 * @throws {MalformedBodyError} when it is not JSON, or not UTF-8
 */
export function parseJsonBody({ contentType, body, isBase64Encoded }: RawBody): unknown {
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? '')) {
    throw new UnsupportedMediaTypeError(contentType);
  }
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) throw new PayloadTooLargeError(bytes.length, MAX_BODY_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new MalformedBodyError(`the body must be JSON: ${error instanceof Error ? error.message : error}`, error);
  }
}
