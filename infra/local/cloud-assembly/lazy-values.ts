/** What is wrong at known places of the assembly, in lines that the author is to read. */
export class PlacedError extends Error {
  override readonly name = 'PlacedError';

  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/**
 * Values that are computed when they are first asked for, and once.
 *
 * A value that needs itself is found out and named as a cycle. A failure is remembered as well, under the place where it
 * arose: whatever else needs that value fails with the same line, so that one mistake is reported once.
 */
export class LazyValues {
  private readonly outcomes = new Map<string, { value: unknown } | { error: PlacedError }>();
  private readonly path: string[] = [];

  /**
   * Gives the value of `place`, a name that is unique and fit for a person to read.
   *
   * @throws {PlacedError} when the value cannot be computed.
   */
  get<T>(place: string, compute: () => T): T {
    const known = this.outcomes.get(place) ?? this.compute(place, compute);
    if ('error' in known) throw known.error;
    return known.value as T;
  }

  private compute(place: string, compute: () => unknown): { value: unknown } | { error: PlacedError } {
    if (this.path.includes(place)) {
      const cycle = [...this.path.slice(this.path.indexOf(place)), place];
      throw new PlacedError([`circular dependency: ${cycle.join(' → ')}`]);
    }

    this.path.push(place);
    let outcome: { value: unknown } | { error: PlacedError };
    try {
      outcome = { value: compute() };
    } catch (error) {
      outcome = { error: new PlacedError(toLines(place, error)) };
    }
    this.path.pop();
    this.outcomes.set(place, outcome);
    return outcome;
  }
}

function toLines(place: string, error: unknown): readonly string[] {
  if (error instanceof PlacedError) return error.lines;
  if (error instanceof AggregateError) return error.errors.flatMap((one) => toLines(place, one));
  return [`${place}: ${(error as Error).message}`];
}
