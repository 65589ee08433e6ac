import { AwsError } from '../aws-error';

/**
 * Refuses a payload that is too large or no JSON; an empty one is none.
 *
 * @throws {AwsError} `RequestEntityTooLargeException` or `InvalidRequestContentException`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function checkPayload(payload: string, type: 'RequestResponse' | 'Event'): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > MAX_BYTES[type]) {
    throw new AwsError(
      'RequestEntityTooLargeException',
      `${bytes} byte payload is too large for the ${type} invocation type (limit ${MAX_BYTES[type]} bytes)`,
      413,
    );
  }
  try {
    if (payload !== '') JSON.parse(payload);
  } catch (error) {
    const reason = (error as Error).message;
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
}

const MAX_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576 };
