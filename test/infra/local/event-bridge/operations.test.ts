import { anEntry, aRoom, aRule, BUS_ARN, FUNCTION_ARN, NOON, put, QUEUE_ARN } from './a-room';

const RULE_ARN = 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders';

function aFilledRoom() {
  const parts = aRoom();
  parts.room.createRule(aRule([{}, { Arn: QUEUE_ARN, InputPath: '$.detail' }], { description: 'all orders' }));
  parts.room.createRule(aRule([], { name: 'second', state: 'DISABLED' }));
  parts.room.createRule(aRule([], { name: 'third', eventBusName: 'default' }));
  parts.room.createArchive({ name: 'all', eventBusName: 'shop' });
  parts.room.createArchive({ name: 'default', eventBusName: 'default' });
  return parts;
}

const BUS = { Name: 'shop', Arn: BUS_ARN, CreationTime: NOON / 1000, LastModifiedTime: NOON / 1000 };
const RULE = {
  Name: 'orders',
  Arn: RULE_ARN,
  EventBusName: 'shop',
  EventPattern: '{"source":["orders"]}',
  State: 'ENABLED',
  Description: 'all orders',
};

describe('EventBridge', () => {
  it.each([
    ['DescribeEventBus', { Name: 'shop' }, BUS],
    ['DescribeEventBus', {}, { Name: 'default' }],
    ['DescribeRule', { Name: 'orders', EventBusName: BUS_ARN }, { ...RULE, CreatedBy: '123456789012' }],
    ['DescribeRule', { Name: 'third' }, { Arn: 'arn:aws:events:eu-west-1:123456789012:rule/third' }],
    [
      'ListTargetsByRule',
      { Rule: 'orders', EventBusName: 'shop' },
      {
        Targets: [
          { Id: 't0', Arn: FUNCTION_ARN },
          { Id: 't1', Arn: QUEUE_ARN, InputPath: '$.detail' },
        ],
      },
    ],
    ['TestEventPattern', { EventPattern: '{"a":[1]}', Event: '{"a":1}' }, { Result: true }],
    ['TestEventPattern', { EventPattern: '{"a":[1]}', Event: '{"a":2}' }, { Result: false }],
  ])('answers %s %j', async (operation, body, answer) => {
    expect(await aFilledRoom().room.handle(operation, body)).toMatchObject(answer);
  });

  it.each([
    ['ListEventBuses', {}, 'EventBuses', 'Name', ['default', 'shop']],
    ['ListEventBuses', { NamePrefix: 'sh' }, 'EventBuses', 'Name', ['shop']],
    ['ListRules', { EventBusName: 'shop' }, 'Rules', 'Name', ['orders', 'second']],
    ['ListRules', {}, 'Rules', 'Name', ['third']],
    ['ListArchives', {}, 'Archives', 'ArchiveName', ['all', 'default']],
    ['ListArchives', { EventSourceArn: BUS_ARN }, 'Archives', 'ArchiveName', ['all']],
    ['ListArchives', { State: 'DISABLED' }, 'Archives', 'ArchiveName', []],
    ['ListReplays', { NamePrefix: 'x' }, 'Replays', 'ReplayName', []],
  ])('answers %s %j', async (operation, body, member, nameMember, names) => {
    const answer = await aFilledRoom().room.handle(operation, body);

    expect((answer[member] as Array<Record<string, unknown>>).map((item) => item[nameMember])).toEqual(names);
  });

  it('lists in pages', async () => {
    const { room } = aFilledRoom();

    const first = await room.handle('ListRules', { EventBusName: 'shop', Limit: 1 });
    const second = await room.handle('ListRules', { EventBusName: 'shop', Limit: 1, NextToken: first.NextToken });

    expect(first).toMatchObject({ Rules: [RULE], NextToken: expect.any(String) });
    expect(second).toEqual({ Rules: [expect.objectContaining({ Name: 'second' })] });
  });

  it.each([
    ['DescribeEventBus', { Name: 'none' }, 'ResourceNotFoundException', 'Event bus none does not exist.'],
    ['DescribeRule', { Name: 'none' }, 'ResourceNotFoundException', 'Rule none does not exist on EventBus default.'],
    ['DescribeRule', {}, 'ValidationException', "at 'Name'"],
    ['DescribeArchive', { ArchiveName: 'none' }, 'ResourceNotFoundException', 'Archive none does not exist.'],
    ['DescribeReplay', { ReplayName: 'none' }, 'ResourceNotFoundException', 'Replay none does not exist.'],
    ['CancelReplay', { ReplayName: 'none' }, 'ResourceNotFoundException', 'Replay none does not exist.'],
    ['ListArchives', { EventSourceArn: 'arn:x:event-bus/none' }, 'ResourceNotFoundException', 'Event bus none'],
    ['ListRules', { Limit: 101 }, 'ValidationException', 'Limit must be an integer from 1 to 100, got 101'],
    ['TestEventPattern', { EventPattern: '{"a":1}', Event: '{}' }, 'InvalidEventPatternException', '"a" must be'],
    [
      'TestEventPattern',
      { EventPattern: '{"a":[1]}', Event: '[]' },
      'ValidationException',
      'Parameter Event is not valid.',
    ],
    ['PutEvents', { Entries: [anEntry({}, { Foo: 1 })] }, 'ValidationException', 'Foo of an entry is not supported'],
    ['PutEvents', { Entries: [], EndpointId: 'x' }, 'ValidationException', 'PutEvents does not understand EndpointId'],
    ['PutRule', {}, 'UnknownOperationException', 'the local EventBridge has no PutRule; it has PutEvents'],
  ])('refuses %s %j', async (operation, body, code, message) => {
    await expect(aFilledRoom().room.handle(operation, body)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('refuses requests after it is closed', async () => {
    const { room } = aFilledRoom();
    await room.close();

    await expect(put(room, anEntry())).rejects.toMatchObject({ code: 'ServiceUnavailable', status: 503 });
  });

  it.each([
    [{ eventBusName: 'none' }, 'Event bus none does not exist.'],
    [{ eventPattern: '{"a":1}' }, 'Event pattern is not valid. Reason: "a" must be an object or an array'],
    [{ eventPattern: `{"a":["${'x'.repeat(4096)}"]}` }, 'at most 4096'],
    [
      { targets: Array.from({ length: 6 }, (_, index) => ({ Id: `t${index}`, Arn: FUNCTION_ARN })) },
      'has 6 targets, at most 5',
    ],
    [{ targets: [1, 2].map(() => ({ Id: 't', Arn: FUNCTION_ARN })) }, 'has two targets with the same Id'],
    [{ targets: [{ Id: 't t', Arn: FUNCTION_ARN }] }, 'the Id must be 1 to 64'],
    [
      { targets: [{ Id: 't', Arn: 'arn:aws:sns:eu-west-1:1:x' }] },
      'must be a function, a queue, a state machine or an event bus',
    ],
    [{ targets: [{ Id: 't', Arn: BUS_ARN, Input: '{}' }] }, 'a bus gets the event as it is'],
    [
      { targets: [{ Id: 't', Arn: QUEUE_ARN, RetryPolicy: { MaximumRetryAttempts: 200 } }] },
      'Rule x, target t: MaximumRetryAttempts',
    ],
  ])('refuses a rule with %j', (wrong, message) => {
    expect(() => aRoom().room.createRule(aRule([{}], { name: 'x', ...wrong }))).toThrow(message);
  });

  it('refuses a bus, a rule and an archive that exist already', () => {
    const { room } = aFilledRoom();

    expect(() => room.createEventBus({ name: 'default' })).toThrow('Event bus default already exists.');
    expect(() => room.createRule(aRule())).toThrow('Rule orders exists already on event bus shop');
    expect(() => room.createArchive({ name: 'all', eventBusName: 'shop' })).toThrow('Archive all already exists.');
  });

  it('refuses what is no event at a bus', async () => {
    const { room } = aFilledRoom();

    await expect(room.receive(BUS_ARN, '{"a":1}')).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
