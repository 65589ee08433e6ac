/** An option of a policy, or of a part of one, that is out of its range. Thrown when the part is made, never by a call. */
export class PolicyOptionsError extends Error {
  override readonly name = 'PolicyOptionsError';
}

/** Both ends are allowed. */
export interface OptionRange {
  readonly from: number;
  readonly to: number;
  readonly isWhole?: true;
}

/**
 * The value, when it lies in its range.
 *
 * @throws {PolicyOptionsError} when it does not; it names the option, the value and the range
 */
export function checkRange(name: string, value: number, { from, to, isWhole }: OptionRange): number {
  // Written so that NaN is out of every range.
  const isIn = typeof value === 'number' && value >= from && value <= to;
  if (isIn && (!isWhole || Number.isInteger(value))) return value;
  throw new PolicyOptionsError(
    `${name} must be ${isWhole ? 'an integer' : 'a number'} from ${from} to ${to}, got ${String(value)}`,
  );
}
