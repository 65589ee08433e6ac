import { AwsError } from '../aws-error';

/** A request that AWS would refuse whatever the items are. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** Brings an error of dynalite into the form of all rooms; any other is returned as it is. */
export function toAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || !('body' in error)) return error;
  const body = error.body as { __type: string; message?: string; Message?: string };
  const code = body.__type.slice(body.__type.indexOf('#') + 1);
  return new AwsError(code, (body.message ?? body.Message ?? code).replace(OUTDATED_EMPTY_KEY, 'are not valid. The'));
}

/** AWS has one text for an empty key of any request; dynalite has it for puts only. */
const OUTDATED_EMPTY_KEY = /were invalid: The(?= AttributeValue for a key attribute cannot contain an empty)/;

/** What AWS answers for one action of a transaction that was not carried out. */
export interface CancellationReason {
  Code: string;
  Message?: string;
  Item?: unknown;
}

/** For an action that has nothing to do with the cancellation. */
export const NO_REASON: CancellationReason = { Code: 'None' };

/** The error of a transaction that was not carried out. */
export function cancelled(reasons: CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new AwsError('TransactionCanceledException', message, 400, { CancellationReasons: reasons });
}

/** The reason for an action that failed. @throws what is not a reason of this action but ends the whole request. */
export function toReason(error: unknown): CancellationReason {
  if (!(error instanceof AwsError) || isEmptyKey(error)) throw error;
  if (error.code === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.fields };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

/** AWS finds an empty key when it reads the request, before the transaction: it is not a reason of a cancellation. */
export function isEmptyKey(error: AwsError): boolean {
  return error.code === 'ValidationException' && error.message.includes('cannot contain an empty');
}
