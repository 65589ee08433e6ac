import { rulesByType } from '../../../../functions/operations/replay/rules-by-type';
import { services } from '../../../../functions/services';

const BUILT = rulesByType(services, 'test');

describe('the rules that take an event', () => {
  it('are those of every service that reacts to it', () => {
    expect(BUILT.get('order.confirmed')?.toSorted()).toEqual([
      'holdfast-test-inventory-order-confirmed',
      'holdfast-test-notifications-order-confirmed',
    ]);
    expect(BUILT.get('task.created')).toEqual(['holdfast-test-notifications-task-created']);
  });

  it('are there for every event that a service tells, but for those of circuits, which are for people', () => {
    const told = services.flatMap(({ events = [] }) => events.map(({ type }) => type));

    expect([...BUILT.keys()].sort()).toEqual(told.filter((type) => !type.startsWith('circuit.')).sort());
  });

  it('are none for a type that nobody reacts to', () => {
    expect(BUILT.get('task.eaten')).toBeUndefined();
  });
});
