import { AwsError } from '../aws-error';

/** The parameters of a request. */
export type Parameters = Readonly<Record<string, unknown>>;

/** SDKs show this code of the Query protocol also for the JSON protocol. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/**
 * A parameter that must be there.
 *
 * @throws {AwsError} `MissingParameter`.
 */
export function requiredText(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

/**
 * A whole number within a range, `fallback` when it is absent.
 *
 * @throws {AwsError} `InvalidParameterValue`.
 */
export function integerWithin<T>(
  parameters: Parameters,
  name: string,
  [least, most]: readonly [number, number],
  fallback: T,
): number | T {
  const value = parameters[name];
  if (value === undefined || value === null) return fallback;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

/** A list of texts, empty when it is absent. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
