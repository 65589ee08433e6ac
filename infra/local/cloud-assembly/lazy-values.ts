import { AssemblyError } from './assembly-error';

type Outcome = { value: unknown } | { error: AssemblyError };

/**
 * Values that are computed when they are first asked for, and once.
 *
 * A value that needs itself is found out and named as a cycle. A failure is remembered as well, under the place where it
 * arose: whatever else needs that value fails with the same line, so that one mistake is reported once.
 */
export class LazyValues {
  private readonly outcomes = new Map<string, Outcome>();
  private readonly path: string[] = [];

  /**
   * Gives the value of `place`, a name that is unique and fit for a person to read.
   *
   * @throws {AssemblyError} when the value cannot be computed.
   */
  get<T>(place: string, compute: () => T): T {
    const outcome = this.outcomes.get(place) ?? this.compute(place, compute);
    if ('error' in outcome) throw outcome.error;
    return outcome.value as T;
  }

  private compute(place: string, compute: () => unknown): Outcome {
    if (this.path.includes(place)) {
      const cycle = [...this.path.slice(this.path.indexOf(place)), place];
      throw new AssemblyError([`circular dependency: ${cycle.join(' → ')}`]);
    }
    this.path.push(place);
    let outcome: Outcome;
    try {
      outcome = { value: compute() };
    } catch (error) {
      outcome = { error: new AssemblyError(toProblems(place, error)) };
    }
    this.path.pop();
    this.outcomes.set(place, outcome);
    return outcome;
  }
}

function toProblems(place: string, error: unknown): readonly string[] {
  if (error instanceof AssemblyError) return error.problems;
  if (error instanceof AggregateError) return error.errors.flatMap((one) => toProblems(place, one));
  return [`${place}: ${(error as Error).message}`];
}
