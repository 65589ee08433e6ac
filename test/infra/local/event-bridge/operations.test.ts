import { anEntry, aRoom, aRule, BUS_ARN, QUEUE_ARN } from './a-room';

const RULE_ARN = 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders';

function aFilledRoom() {
  const parts = aRoom();
  parts.room.createRule(aRule([{}, { Arn: QUEUE_ARN, InputPath: '$.detail' }], { Description: 'all orders' }));
  parts.room.createRule(aRule([], { Name: 'second', State: 'DISABLED' }));
  parts.room.createRule(aRule([], { Name: 'third', EventBusName: 'default' }));
  parts.room.createArchive({ ArchiveName: 'all', SourceArn: BUS_ARN });
  return parts;
}

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
    ['ListRules', { EventBusName: BUS_ARN, NamePrefix: 'or' }, { Rules: [RULE] }],
    ['TestEventPattern', { EventPattern: '{"a":[1]}', Event: '{"a":1}' }, { Result: true }],
    ['TestEventPattern', { EventPattern: '{"a":[1]}', Event: '{"a":2}' }, { Result: false }],
  ])('answers %s %j', async (operation, body, answer) => {
    expect(await aFilledRoom().room.handle(operation, body)).toMatchObject(answer);
  });

  it.each([
    ['ListRules', { EventBusName: 'shop' }, 'Rules', 'Name', ['orders', 'second']],
    ['ListRules', {}, 'Rules', 'Name', ['third']],
    ['ListReplays', { NamePrefix: 'x' }, 'Replays', 'ReplayName', []],
  ])('answers %s %j', async (operation, body, member, nameMember, names) => {
    const answer = await aFilledRoom().room.handle(operation, body);

    expect((answer[member] as Array<Record<string, unknown>>).map((item) => item[nameMember])).toEqual(names);
  });

  it.each([
    ['ListRules', { EventBusName: 'none' }, 'ResourceNotFoundException', 'Event bus none does not exist.'],
    ['DescribeArchive', { ArchiveName: 'none' }, 'ResourceNotFoundException', 'Archive none does not exist.'],
    ['DescribeReplay', { ReplayName: 'none' }, 'ResourceNotFoundException', 'Replay none does not exist.'],
    ['CancelReplay', { ReplayName: 'none' }, 'ResourceNotFoundException', 'Replay none does not exist.'],
    ['ListRules', { Limit: 1 }, 'ValidationException', 'ListRules does not understand Limit'],
    ['TestEventPattern', { EventPattern: '{"a":1}', Event: '{}' }, 'InvalidEventPatternException', 'must be an object'],
    [
      'TestEventPattern',
      { EventPattern: '{"a":[1]}', Event: '[]' },
      'ValidationException',
      'Parameter Event is not valid.',
    ],
    ['PutEvents', { Entries: [anEntry({}, { Foo: 1 })] }, 'ValidationException', 'Foo of an entry is not supported'],
    [
      'PutEvents',
      { Entries: [], EndpointId: 'x' },
      'ValidationException',
      'the local PutEvents does not understand EndpointId',
    ],
    ['PutRule', {}, 'UnknownOperationException', 'the local EventBridge has no PutRule; it has PutEvents'],
  ])('refuses %s %j', async (operation, body, code, message) => {
    await expect(aFilledRoom().room.handle(operation, body)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [{ EventBusName: 'none' }, 'Event bus none does not exist.'],
    [{ EventPattern: '{"a":1}' }, 'Event pattern is not valid. Reason:'],
    [
      { Targets: [{ Id: 't', Arn: 'arn:aws:sns:eu-west-1:1:x' }] },
      'must be a function, a queue, a state machine or an event bus',
    ],
    [{ Targets: [{ Id: 't', Arn: BUS_ARN, Input: '{}' }] }, 'a bus gets the event as it is'],
  ])('refuses a rule with %j', (wrong, message) => {
    expect(() => aRoom().room.createRule(aRule([{}], { Name: 'x', ...wrong }))).toThrow(message);
  });

  it('refuses a bus, a rule and an archive that exist already', () => {
    const { room } = aFilledRoom();

    expect(() => room.createEventBus({ name: 'default' })).toThrow('Event bus default already exists.');
    expect(() => room.createRule(aRule())).toThrow('Rule orders already exists.');
    expect(() => room.createArchive({ ArchiveName: 'all', SourceArn: BUS_ARN })).toThrow('Archive all already exists.');
  });
});
