/**
 * Sorts `nodes` so that each stands after those it depends on; otherwise the given order stays. Names outside `nodes` do
 * not count.
 *
 * @throws {Error} when nodes depend on each other in a circle, which it names.
 */
export function dependencyOrder(
  nodes: readonly string[],
  dependenciesOf: (node: string) => Iterable<string>,
): string[] {
  const known = new Set(nodes);
  const finished = new Set<string>();
  const path: string[] = [];

  const visit = (node: string): void => {
    if (finished.has(node) || !known.has(node)) return;
    if (path.includes(node)) {
      const cycle = [...path.slice(path.indexOf(node)), node];
      throw new Error(`circular dependency: ${cycle.join(' → ')}`);
    }
    path.push(node);
    for (const dependency of dependenciesOf(node)) visit(dependency);
    path.pop();
    finished.add(node);
  };

  for (const node of nodes) visit(node);
  // A set keeps the order of insertion, and a node is inserted after all it depends on.
  return [...finished];
}
