/**
 * An error as an AWS service answers it. The endpoint turns it into the wire form of the caller's protocol.
 *
 * `code` is the AWS error name without a prefix, such as `ResourceNotFoundException`; `status` the HTTP status (400 unless
 * told); `fields` further members of the error document, such as `CancellationReasons`.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';

  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
