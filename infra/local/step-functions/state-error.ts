/** The error names the States Language reserves and this interpreter raises. */
export const stateErrors = {
  all: 'States.ALL',
  dataLimitExceeded: 'States.DataLimitExceeded',
  noChoiceMatched: 'States.NoChoiceMatched',
  queryEvaluationError: 'States.QueryEvaluationError',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

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
 * `value` as JSON text; `source` is the state or task it came from.
 *
 * @throws {StateError} `States.DataLimitExceeded` when the text has more than {@link MAX_DATA_BYTES} bytes
 */
export function toLimitedJson(value: unknown, source: string): string {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > MAX_DATA_BYTES) throw dataLimitExceeded(source);
  return json;
}

/**
 * The most bytes of JSON that all variables of an execution may have together.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
const MAX_VARIABLES_BYTES = 10 * 1024 * 1024;

/** @throws {StateError} `States.DataLimitExceeded` when all variables together are too large */
export function checkVariables(variables: Readonly<Record<string, unknown>>, source: string): void {
  if (Buffer.byteLength(JSON.stringify(variables)) > MAX_VARIABLES_BYTES) throw dataLimitExceeded(source);
}

function dataLimitExceeded(source: string): StateError {
  const what = 'returned a result with a size exceeding the maximum number of bytes service limit.';
  return new StateError(stateErrors.dataLimitExceeded, `The state/task '${source}' ${what}`);
}
