import { anEntry, aRoom, aRule, FUNCTION_ARN, NOON, put, QUEUE_ARN } from './a-room';

describe('PutEvents', () => {
  it('gives an event to the targets of the rules that match it', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule([{}, { Arn: QUEUE_ARN }]));
    room.createRule(aRule([{}], { Name: 'others', EventPattern: '{"source":["others"]}' }));

    const answer = await put(room, anEntry({ orderId: 'o-1' }, { Resources: ['arn:aws:x'], Time: NOON / 1000 - 5.5 }));
    await clock.advance(0);

    const id = (answer.Entries as Array<{ EventId: string }>)[0]?.EventId;
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }] });
    expect(delivered.map(({ targetArn }) => targetArn)).toEqual([FUNCTION_ARN, QUEUE_ARN]);
    expect(delivered[0]?.source).toEqual({
      service: 'events',
      arn: 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders',
    });
    expect(delivered[0]?.payload).toBe(
      JSON.stringify({
        version: '0',
        id,
        'detail-type': 'OrderConfirmed',
        source: 'orders',
        account: '123456789012',
        time: '2031-05-06T11:59:54Z',
        region: 'eu-west-1',
        resources: ['arn:aws:x'],
        detail: { orderId: 'o-1' },
      }),
    );
  });

  it('takes the default bus unless one is named, by name or ARN', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule([{}], { EventBusName: undefined }));
    room.createRule(aRule([{ RoleArn: 'arn:aws:iam::123456789012:role/rules' }]));

    await put(room, anEntry({}, { EventBusName: undefined }));
    await put(room, anEntry({}, { EventBusName: 'arn:aws:events:eu-west-1:123456789012:event-bus/shop' }));
    await clock.advance(0);

    expect(delivered.map(({ source }) => source)).toEqual([
      { service: 'events', arn: 'arn:aws:events:eu-west-1:123456789012:rule/orders' },
      {
        service: 'events',
        arn: 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders',
        roleArn: 'arn:aws:iam::123456789012:role/rules',
      },
    ]);
  });

  it('accepts an event for a bus that does not exist, and forgets it', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule());

    const answer = await put(room, anEntry({}, { EventBusName: 'nowhere' }));
    await clock.advance(0);

    expect(answer.FailedEntryCount).toBe(0);
    expect(delivered).toEqual([]);
  });

  it('gives nothing to a rule that is disabled', async () => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule([{}], { State: 'DISABLED' }));

    await put(room, anEntry());
    await clock.advance(0);

    expect(delivered).toEqual([]);
  });

  it('passes an event on to another bus with its id', async () => {
    const { room, clock, payloads, delivered } = aRoom();
    room.createRule(
      aRule([{ Arn: 'arn:aws:events:eu-west-1:123456789012:event-bus/shop' }], { EventBusName: 'default' }),
    );
    room.createRule(aRule());

    await put(room, anEntry({}, { EventBusName: 'default' }));
    await clock.advance(0);

    expect(delivered.map(({ targetArn }) => targetArn.split(':')[2])).toEqual(['events', 'lambda']);
    expect(payloads()[1]).toEqual(payloads()[0]);
  });

  it.each([
    [
      'no source',
      { Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'no type',
      { DetailType: '' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'no detail',
      { Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['a detail that is no JSON', { Detail: '{{}' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is a list', { Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is text', { Detail: '"a"' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a source of AWS', { Source: 'aws.orders' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
    ['a time that is none', { Time: 'noon' }, 'InvalidArgument', 'Parameter Time is not valid.'],
  ])('refuses an entry with %s, and takes the others', async (_what, wrong, code, message) => {
    const { room, clock, delivered } = aRoom();
    room.createRule(aRule());

    const answer = await put(room, anEntry({}, wrong), anEntry());
    await clock.advance(0);

    expect(answer).toEqual({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code, ErrorMessage: expect.stringContaining(message) }, { EventId: expect.any(String) }],
    });
    expect(delivered).toHaveLength(1);
  });

  it.each([
    ['no entries', [], 'Member must have length greater than or equal to 1'],
    ['eleven entries', Array.from({ length: 11 }, () => anEntry()), 'Member must have length less than or equal to 10'],
    [
      'over a megabyte',
      [anEntry({ x: 'x'.repeat(1_048_576) })],
      'Total size of the entries in the request is over the limit.',
    ],
  ])('refuses a request with %s', async (_what, entries, message) => {
    const { room } = aRoom();

    await expect(put(room, ...entries)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('takes a megabyte to the byte', async () => {
    const { room } = aRoom();
    const others = 'orders'.length + 'OrderConfirmed'.length + '{"x":""}'.length;

    const answer = await put(room, anEntry({ x: 'x'.repeat(1_048_576 - others) }));

    expect(answer.FailedEntryCount).toBe(0);
  });

  it('goes on after a restart with what it accepted, and does not deliver twice', async () => {
    const first = aRoom();
    first.room.createRule(aRule());
    await put(first.room, anEntry());
    await first.room.close();

    const second = aRoom(first);
    await second.room.resume();
    await second.clock.advance(0);
    await second.room.close();
    const third = aRoom(first);
    await third.room.resume();
    await third.clock.advance(0);

    expect([first, second, third].map(({ delivered }) => delivered.length)).toEqual([0, 1, 0]);
  });
});
