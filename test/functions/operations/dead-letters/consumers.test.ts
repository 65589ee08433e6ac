import '../environment';
import { listConsumers } from '../../../../functions/operations/dead-letters/consumers';

describe('the consumers', () => {
  it('are those that the environment names, each with its two queues', () => {
    const of = (name: string) => ({
      name,
      queue: `holdfast-test-${name}`,
      deadLetterQueue: `holdfast-test-${name}-dead-letters`,
    });

    expect(listConsumers()).toEqual([of('inventory-sell-stock'), of('tasks-relay-events')]);
  });
});
