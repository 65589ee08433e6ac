import type { Resource } from '../cloud-assembly/cloud-assembly';

/**
 * Makes every resource of a type, and goes on after one that cannot be made.
 *
 * @throws {Error} with a line for each of those, and where in the templates it is.
 */
export function makeEach(resources: readonly Resource[], type: string, make: (resource: Resource) => unknown): void {
  const made = resources.filter((resource) => resource.type === type);
  attemptAll(
    made.map((resource) => () => {
      try {
        make(resource);
      } catch (error) {
        const place = `stack ${resource.stackName}: ${type} ${resource.logicalId}`;
        throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

/**
 * Runs every action, whatever becomes of the others.
 *
 * @throws {Error} with the lines of all that failed.
 */
export function attemptAll(actions: ReadonlyArray<() => unknown>): void {
  const problems = actions.flatMap((action) => {
    try {
      action();
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
