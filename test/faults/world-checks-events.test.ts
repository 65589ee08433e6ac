import { type Call, OK } from './fates';
import { first, type Planted, plantedIn } from './planted-evidence';
import { checkEffects } from './world/check-effects';
import { checkEvents } from './world/check-events';
import { checkSums } from './world/check-sums';
import { checkTasks } from './world/check-tasks';
import type { Evidence } from './world/evidence';
import { simulate } from './world/simulate';
import { anOrder, planOf } from './world-run';

/** What a run leaves in which one order is kept and another one cancelled, a task is completed, and something is forged. */
let right: Evidence;

beforeAll(async () => {
  const outcome = await simulate({
    profile: 'STANDARD',
    seed: 1,
    plan: {
      ...planOf(anOrder(), anOrder({ key: 'key-2', cancelledAtMs: 60_000 })),
      tasks: [{ key: 'task-1', customerId: 'bob', title: 'A task', createdAtMs: 0, completedAtMs: 60_000 }],
    },
    injector: ({ name, nth }: Call) =>
      name === 'tasks/relay-events' && nth === 0 ? { kind: 'forge', as: 'no-data' } : OK,
    faultsEndAtMs: 60_000,
  });
  expect(outcome.violations).toEqual([]);
  right = outcome.evidence;
});

const CHECKS = [checkEvents, checkEffects, checkTasks, checkSums];
const found = (plant: (copy: Planted) => void) => CHECKS.flatMap((check) => check(plantedIn(right, plant)));

/** What was told of a type. */
const toldOf = ({ published }: Planted, wanted: string, version = 1) =>
  first(published.filter(({ type, detail: { metadata } }) => type === wanted && metadata.version === version));

it('finds nothing wrong with what is right', () => {
  expect(right.transitions.map(({ type }) => type).sort()).toEqual([
    ...['order.cancelled', 'order.confirmed', 'order.confirmed', 'payment.refunded', 'task.completed', 'task.created'],
  ]);
  expect(right.forged).toHaveLength(1);
  expect(found(() => {})).toEqual([]);
});

describe('the events', () => {
  const without = (type: string, version: number) => (copy: Planted) => {
    const gone = toldOf(copy, type, version);
    copy.published = copy.published.filter((event) => event !== gone);
  };
  const changed = (type: string, change: (event: Planted['published'][number]) => void) => (copy: Planted) =>
    change(toldOf(copy, type));
  const twice = (type: string, change: (event: Planted['published'][number]) => void) => (copy: Planted) => {
    const again = structuredClone(toldOf(copy, type));
    change(again);
    copy.published.push(again);
  };

  it.each<[string, (copy: Planted) => void]>([
    ['one that was never told', without('order.cancelled', 1)],
    ['one that was not told in its older version', without('order.confirmed', 1)],
    ['one that was not told in its newest version', without('order.confirmed', 2)],
    ['one that never was', twice('task.created', ({ detail }) => Object.assign(detail.metadata, { id: 'tasks/x/1' }))],
    ['another type', changed('order.cancelled', (event) => Object.assign(event, { type: 'order.rejected' }))],
    ['another source', changed('task.created', (event) => Object.assign(event, { source: 'orders' }))],
    ['another customer', changed('task.created', ({ detail }) => Object.assign(detail.data, { customerId: 'eve' }))],
    ['another total', changed('order.confirmed', ({ detail }) => Object.assign(detail.data, { totalCents: 1 }))],
    ['another number', changed('task.created', ({ detail }) => Object.assign(detail.metadata, { sequence: 2 }))],
    ['no process', changed('task.created', ({ detail }) => Object.assign(detail.metadata, { correlationId: 'x' }))],
    [
      'a silence about a version',
      changed('order.confirmed', ({ detail }) => Object.assign(detail.metadata, { versions: [1] })),
    ],
    [
      'a repeat in other words',
      twice('task.created', ({ detail }) => Object.assign(detail.metadata, { occurredAt: 'x' })),
    ],
    ['one that overtakes the one before it', (copy) => copy.published.reverse()],
  ])('show a violation: %s', (_, plant) => {
    expect(found(plant).map(({ rule }) => rule)).toContain('events');
  });

  it('may be told as often as one likes', () => {
    expect(found(twice('task.created', () => {}))).toEqual([]);
  });

  it('that are forged and broken must be among the dead letters', () => {
    expect(found((copy) => copy.deadLetters.splice(0))).toMatchObject([{ rule: 'dead letters' }]);
  });
});

describe('the effects', () => {
  const told = ({ notifications }: Planted) => first(notifications);

  it.each<[string, string, (copy: Planted) => void]>([
    ['notifications', 'an event that nobody heard of', (copy) => copy.notifications.shift()],
    [
      'notifications',
      'an event that was heard of twice',
      (copy) => copy.notifications.push({ ...told(copy), notificationId: 'x' }),
    ],
    ['notifications', 'another customer', (copy) => Object.assign(told(copy), { customerId: 'eve' })],
    ['notifications', 'one that was not sent', (copy) => Object.assign(told(copy), { status: 'PENDING' })],
    [
      'notifications',
      'one of something forged',
      (copy) => copy.notifications.push({ ...told(copy), subject: { id: 'forged-0' } }),
    ],
    ['messages', 'one that the sender has not got', (copy) => copy.messages.shift()],
    ['messages', 'one that is for somebody else', (copy) => Object.assign(first(copy.messages), { customerId: 'eve' })],
    ['messages', 'one of no notification', (copy) => copy.messages.push({ ...first(copy.messages), reference: 'x' })],
    ['stock', 'pieces that were sold twice', (copy) => Object.assign(first(copy.books.stock), { available: 6 })],
    [
      'stock',
      'pieces that were brought back twice',
      (copy) => Object.assign(first(copy.books.stock), { available: 10 }),
    ],
  ])('show a violation of %s: %s', (rule, _, plant) => {
    expect(found(plant).map((violation) => violation.rule)).toContain(rule);
  });
});

describe('the tasks', () => {
  const record = ({ tasks }: Planted) => first(tasks);
  const answer = (status: number, body = '{}') => ({ status, headers: {}, body });

  it.each<[string, (copy: Planted) => void]>([
    ['no answer', (copy) => record(copy).created.splice(0)],
    ['a refusal', (copy) => record(copy).created.splice(0, 1, answer(404))],
    ['another answer to a repeat', (copy) => record(copy).created.push(answer(201))],
    ['another task', (copy) => Object.assign(record(copy), { taskId: 'tsk_x' })],
    [
      'a completion that is told twice',
      (copy) => copy.transitions.push({ ...first(copy.transitions.filter(({ type }) => type === 'task.completed')) }),
    ],
    [
      'a completion that is not told',
      (copy) => {
        copy.transitions = copy.transitions.filter(({ type }) => type !== 'task.completed');
      },
    ],
  ])('show a violation: %s', (_, plant) => {
    expect(found(plant).map(({ rule }) => rule)).toContain('tasks');
  });
});
