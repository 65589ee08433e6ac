import * as v from 'valibot';
import { defineService, type ServiceContract } from '../../../lib/service/contract';
import { explain, listIncompatibilities, type Released } from '../../../lib/service/event-compatibility';
import {
  defineEvent,
  type EventContract,
  nextVersion,
  on,
  type Subscription,
} from '../../../lib/service/event-contract';
import { type JsonSchema, toReleasedEnvelope, toReleasedEvent } from '../../../lib/service/event-schema';

const about = { source: 'tasks', type: 'task.done', summary: 'A task is done.', aggregate: 'taskId' } as const;
const first = defineEvent(about, v.object({ taskId: v.string(), by: v.string() }));
const upcast = ({ taskId, by }: { taskId: string; by: string }) => ({ taskId, who: { name: by } });
const Second = v.object({ taskId: v.string(), who: v.object({ name: v.string() }) });
const second = nextVersion(first, Second, { upcast, downcast: ({ taskId, who }) => ({ taskId, by: who.name }) });
const secondOnly = nextVersion(first, Second, { upcast });

const tasks = (...events: EventContract[]): ServiceContract =>
  defineService({ name: 'tasks', version: '1.0.0', summary: 'Keeps tasks.', events, handlers: {} });
const reader = (...consumes: Subscription[]): ServiceContract =>
  defineService({
    name: 'reader',
    version: '1.0.0',
    summary: 'Reads events.',
    handlers: {
      read: { trigger: { kind: 'events', consumes, batchSize: 1, maximumConcurrency: 2 }, timeoutSeconds: 3 },
    },
  });
const released = (...events: EventContract[]): Released => ({
  events: events.flatMap((event) => event.versions.map((_, index) => toReleasedEvent(event, index + 1))),
  envelope: toReleasedEnvelope(),
});
const found = (was: Released, ...services: ServiceContract[]) => listIncompatibilities(was, services);
const lines = (was: Released, ...services: ServiceContract[]) =>
  found(was, ...services).map(({ where, what }) => `${where} ${what}`);

describe('contracts that keep what has been released', () => {
  it.each<[string, Released, ServiceContract[]]>([
    ['are those that nothing is released of', { events: [], envelope: undefined }, [tasks(second)]],
    ['are those that have not changed', released(second), [tasks(second), reader(on(second, 1))]],
    ['have a version more', released(first), [tasks(second), reader(on(second, 2))]],
    [
      'have an event more',
      released(first),
      [tasks(first, defineEvent({ ...about, type: 'task.lost' }, v.object({ taskId: v.string() })))],
    ],
    [
      'have an optional member more',
      released(first),
      [tasks(defineEvent(about, v.object({ taskId: v.string(), by: v.string(), at: v.optional(v.string()) })))],
    ],
    ['end the life of a version that nobody takes', released(second), [tasks(secondOnly), reader(on(secondOnly, 2))]],
    [
      'say in other words when an event is told',
      released(first),
      [tasks({ ...first, summary: 'Somebody has done a task.' })],
    ],
  ])('%s', (_, was, services) => {
    expect(found(was, ...services)).toEqual([]);
  });
});

describe('a contract that breaks with what has been released', () => {
  it.each<[string, Released, EventContract, string[]]>([
    [
      'has lost a member',
      released(first),
      defineEvent(about, v.object({ taskId: v.string() })),
      ['task.done.v1 by is gone'],
    ],
    [
      'has changed a version that is not its newest',
      released(second),
      nextVersion(defineEvent(about, v.object({ taskId: v.string(), by: v.number() })), Second, {
        upcast: ({ taskId, by }) => upcast({ taskId, by: `${by}` }),
      }),
      ['task.done.v1 by is number, was string'],
    ],
    ['has lost its newest version', released(second), first, ['task.done.v2 is released, and its contract has it not']],
    [
      'has lost its first version, so that the second became it',
      released(second),
      defineEvent(about, Second),
      [
        'task.done.v1 by is gone',
        'task.done.v1 who is new and required: events of before lack it',
        'task.done.v2 is released, and its contract has it not',
      ],
    ],
    [
      'has another name',
      released(first),
      defineEvent({ ...about, type: 'task.finished' }, v.object({ taskId: v.string() })),
      ['task.done.v1 is released, and no contract has it'],
    ],
    [
      'is about something else',
      released(first),
      { ...first, aggregate: 'by' },
      ['task.done.v1 is about by, was about taskId: its ids would begin anew'],
    ],
  ])('%s', (_, was, event, expected) => {
    expect(lines(was, tasks(event))).toEqual(expected);
  });

  it('has moved to another service', () => {
    const moved = { ...tasks({ ...first, source: 'chores' }), name: 'chores' };

    expect(lines(released(first), moved)).toEqual([
      'task.done.v1 is told by chores, was told by tasks: its ids would begin anew',
    ]);
  });

  it('is told what, where and what to do', () => {
    const events = defineEvent(about, v.object({ taskId: v.string(), by: v.optional(v.string()), at: v.string() }));

    expect(explain(found(released(first), tasks(events)))).toBe(
      [
        'task.done.v1 by is optional, was required: leave version 1 as it is and add a version with nextVersion()',
        'task.done.v1 at is new and required: events of before lack it: make it optional, or leave version 1 as it is and add a version with nextVersion()',
      ].join('\n'),
    );
  });
});

describe('the envelope', () => {
  const { properties, required, ...rest } = toReleasedEnvelope() as JsonSchema & {
    properties: JsonSchema;
    required: string[];
  };

  it.each<[string, JsonSchema, string]>([
    [
      'lose a member',
      { ...rest, required: [...required, 'tenant'], properties: { ...properties, tenant: { type: 'string' } } },
      'metadata tenant is gone',
    ],
    [
      'make a member required',
      { ...rest, properties, required: required.slice(1) },
      'metadata id is required, was optional',
    ],
    [
      'change a type',
      { ...rest, required, properties: { ...properties, sequence: { type: 'string' } } },
      'metadata sequence is integer, was string',
    ],
  ])('may not %s after its release', (_, envelope, line) => {
    expect(lines({ events: [], envelope }, tasks(first))).toEqual([line]);
  });
});

describe('a contract that cannot be kept', () => {
  it.each<[string, EventContract, string[]]>([
    [
      'a version without upcast',
      { ...second, versions: [{ schema: first.versions[0]?.schema ?? Second }, { schema: Second }] },
      ['task.done.v2 has no upcast'],
    ],
    [
      'a version that does not say what it is about',
      defineEvent(about, v.object({ by: v.string() })),
      ['task.done.v1 does not say what it is about'],
    ],
    [
      'an optional subject',
      defineEvent(about, v.object({ taskId: v.optional(v.string()) })),
      ['task.done.v1 does not say what it is about'],
    ],
    [
      'a subject that is no string',
      defineEvent(about, v.object({ taskId: v.number() })),
      ['task.done.v1 does not say what it is about'],
    ],
    [
      'a closed object',
      defineEvent(about, v.strictObject({ taskId: v.string() })),
      ['task.done.v1 refuses members that it does not know'],
    ],
    [
      'closed objects within',
      defineEvent(
        about,
        v.object({
          taskId: v.string(),
          lines: v.array(v.nullable(v.strictObject({}))),
          of: v.object({ a: v.strictObject({}) }),
        }),
      ),
      [
        'task.done.v1 lines[] refuses members that it does not know',
        'task.done.v1 of.a refuses members that it does not know',
      ],
    ],
    [
      'a source that is another service',
      { ...first, source: 'orders' },
      ['task.done says that orders tells it, and tasks has it'],
    ],
  ])('has %s', (_, event, expected) => {
    expect(lines(released(), tasks(event))).toEqual(expected);
  });

  it('is told by two services', () => {
    const other = { ...tasks({ ...first, source: 'chores' }), name: 'chores' };

    expect(lines(released(), tasks(first), other)).toEqual([
      'task.done is told by tasks and chores',
      'task.done is told by tasks and chores',
    ]);
  });

  it('asks for something that JSON Schema cannot say, so that no consumer could know', () => {
    const event = defineEvent(
      about,
      v.object({
        taskId: v.pipe(
          v.string(),
          v.check((id) => id !== 'x'),
        ),
      }),
    );

    expect(() => found(released(), tasks(event))).toThrow(
      'task.done version 1 asks for something that JSON Schema cannot say',
    );
  });
});

describe('a consumer that would lose events', () => {
  it.each<[string, EventContract[], Subscription, string, string]>([
    [
      'an event that nobody tells',
      [],
      on(first, 1),
      'takes task.done, which nobody tells',
      'put it into the events of its owner',
    ],
    [
      'a version that is not there',
      [first],
      on(first, 2),
      'takes task.done.v2, which is not there',
      'take task.done.v1',
    ],
    [
      'a version whose life has ended',
      [secondOnly],
      on(secondOnly, 1),
      'takes task.done.v1, which is published no more',
      'let it take a later version, or give that one its downcast back',
    ],
  ])('takes %s', (_, events, subscription, what, instead) => {
    expect(found(released(), tasks(...events), reader(subscription))).toEqual([
      { where: 'reader/read', what, instead },
    ]);
  });
});
