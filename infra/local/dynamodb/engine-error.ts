import { AwsError } from '../aws-error';

/** Brings an error of dynalite into the form of all rooms; any other is returned as it is. */
export function toAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || !('body' in error)) return error;
  const body = error.body as { __type: string; message?: string; Message?: string };
  const code = body.__type.slice(body.__type.indexOf('#') + 1);
  return new AwsError(code, (body.message ?? body.Message ?? code).replace(OUTDATED_EMPTY_KEY, 'are not valid. The'));
}

/** AWS has one text for an empty key of any request; dynalite has it for puts only. */
const OUTDATED_EMPTY_KEY = /were invalid: The(?= AttributeValue for a key attribute cannot contain an empty)/;

/** @throws {AwsError} for what a validation of dynalite returns. */
export function throwIfInvalid(error: Error | null | undefined): void {
  if (error) throw toAwsError(error);
}

/** A request that AWS would refuse whatever the items are. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** What AWS answers when a required member of a request is missing; `path` such as `transactItems`. */
export function missingMember(path: string): AwsError {
  return validationError(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
}
