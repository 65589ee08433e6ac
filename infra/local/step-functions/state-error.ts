/**
 * What makes a state fail: an error name that retriers and catchers match, and its cause in words.
 *
 * `location` is the field whose evaluation failed, such as `Output/total`; only query evaluation errors have one.
 */
export class StateError extends Error {
  override readonly name = 'StateError';

  constructor(
    readonly error: string,
    override readonly cause?: string,
    readonly location?: string,
  ) {
    super(cause === undefined ? error : `${error}: ${cause}`);
  }
}

/**
 * The most bytes of JSON that an input, a result, an output or one `Assign` may have.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_DATA_BYTES = 262_144;

/**
 * The most bytes of JSON that all variables of an execution may have together.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export const MAX_VARIABLES_BYTES = 10 * 1024 * 1024;

/**
 * `value` as JSON text; `source` is the state or task it came from.
 *
 * @throws {StateError} `States.DataLimitExceeded` when the text has more bytes than allowed
 */
export function toLimitedJson(value: unknown, source: string, maxBytes = MAX_DATA_BYTES): string {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) <= maxBytes) return json;
  const what = 'returned a result with a size exceeding the maximum number of bytes service limit.';
  throw new StateError('States.DataLimitExceeded', `The state/task '${source}' ${what}`);
}
