import { BinaryHeap } from '../../../../infra/local/sqs/binary-heap';

describe('a priority queue', () => {
  /** The same "random" numbers each time. */
  const numbers = Array.from({ length: 10_000 }, (_, index) => (index * 7_919) % 10_007);

  test('gives its items in order, with about log n comparisons for each', () => {
    let comparisons = 0;
    const heap = new BinaryHeap<number>((a, b) => {
      comparisons += 1;
      return a < b;
    });

    for (const number of numbers) heap.push(number);
    const popped = numbers.map(() => heap.pop());

    expect(popped).toEqual([...numbers].sort((a, b) => a - b));
    expect(comparisons).toBeLessThan(numbers.length * 2 * Math.ceil(Math.log2(numbers.length)));
    expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
  });

  test('drops what is not wanted any more', () => {
    const heap = new BinaryHeap<number>((a, b) => a < b);
    for (const number of [5, 3, 8, 1]) heap.push(number);

    heap.keep((number) => number > 2);

    expect([heap.size, heap.pop(), heap.pop(), heap.pop(), heap.pop()]).toEqual([3, 3, 5, 8, undefined]);
  });
});
