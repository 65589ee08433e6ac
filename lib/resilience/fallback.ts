/** What stands in for an answer, and for which errors. */
export interface Fallback<Substitute> {
  /** Names of errors, such as `CircuitOpenError`. Whatever is not named here is thrown on. */
  readonly on: readonly string[];
  /** Makes the answer. What it throws itself is thrown on. */
  readonly use: (error: Error) => Substitute | Promise<Substitute>;
}

/**
 * The answer of a call, or where it fails with an error that is named, what stands in for it. The answer's type says that it may be
 * either: a caller that must not be deceived can tell them apart.
 *
 * For answers that may be a little wrong, such as an older one. Never for `TimeoutError` of a call that changes something: it may have.
 *
 * @see https://aws.amazon.com/builders-library/avoiding-fallback-in-distributed-systems/ why there should be few
 */
export async function withFallback<T, Substitute>(
  call: () => Promise<T>,
  { on, use }: Fallback<Substitute>,
): Promise<T | Substitute> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && on.includes(error.name)) return use(error);
    throw error;
  }
}
