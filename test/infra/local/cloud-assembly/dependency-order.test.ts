import fc from 'fast-check';
import { dependencyOrder } from '../../../../infra/local/cloud-assembly/dependency-order';

describe('a dependency order', () => {
  it('keeps the given order where nothing speaks against it', () => {
    expect(dependencyOrder(['c', 'b', 'a'], () => ['elsewhere'])).toEqual(['c', 'b', 'a']);
  });

  it('puts each node after all that it depends on', () => {
    const edges = fc.array(fc.tuple(fc.nat(20), fc.nat(20)).filter(([a, b]) => a < b));
    fc.assert(
      fc.property(edges, fc.shuffledSubarray([...Array(21).keys()].map(String), { minLength: 21 }), (pairs, nodes) => {
        const order = dependencyOrder(nodes, (node) =>
          pairs.filter(([, to]) => String(to) === node).map(([from]) => String(from)),
        );

        expect([...order].sort()).toEqual([...nodes].sort());
        for (const [before, after] of pairs) {
          expect(order.indexOf(String(before))).toBeLessThan(order.indexOf(String(after)));
        }
      }),
    );
  });

  it('names the circle', () => {
    const needs: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] };

    expect(() => dependencyOrder(['a', 'b', 'c'], (node) => needs[node]!)).toThrow('circular dependency: b → c → b');
  });
});
