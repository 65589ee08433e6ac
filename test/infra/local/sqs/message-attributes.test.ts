import { aRoom, urlOf } from './a-room';

const QueueUrl = urlOf('q');
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** The digests are those that AWS answers. */
describe('message attributes', () => {
  const three = { General: text('Kenobi'), Hello: text('There'), 'Help.Me': text('Me') };

  test.each([
    ['of texts', three, '4c360f3fdafd970e05fae2f149d997f5'],
    [
      'in any order',
      { 'Help.Me': text('Me'), Hello: text('There'), General: text('Kenobi') },
      '4c360f3fdafd970e05fae2f149d997f5',
    ],
    ['of one text', { Foo: text('Bar') }, 'ae7155c6026991b6d54b11589678bf9c'],
  ])('%s get the digest that clients verify', async (_case, MessageAttributes, digest) => {
    const queue = await aRoom({ queueName: 'q' });

    const sent = await queue.send('q', 'msg', { MessageAttributes });

    expect(sent.MD5OfMessageAttributes).toBe(digest);
    expect(await queue.receive('q', { MessageAttributeNames: ['All'] })).toMatchObject([
      { MessageAttributes, MD5OfMessageAttributes: digest },
    ]);
  });

  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
  test.each([
    [[], undefined, []],
    [['All'], '4c360f3fdafd970e05fae2f149d997f5', ['General', 'Hello', 'Help.Me']],
    [['.*'], '4c360f3fdafd970e05fae2f149d997f5', ['General', 'Hello', 'Help.Me']],
    [['Hel.*'], '83fee93c1bcd8b9a5a923ffacdc636c7', ['Hello', 'Help.Me']],
    [['Hello', 'General'], 'fca026605781cb4126a1e9044df24232', ['General', 'Hello']],
    [['Hello', 'none'], 'a311262e065454b75da111d535b8dacd', ['Hello']],
    [['none', 'AWS.'], undefined, []],
  ])('named by %o come with the digest of those alone', async (MessageAttributeNames, digest, names) => {
    const queue = await aRoom({ queueName: 'q' });
    await queue.send('q', 'msg', { MessageAttributes: three });

    const [message] = await queue.receive('q', { MessageAttributeNames });

    const { MD5OfMessageAttributes, MessageAttributes = {} } = message as unknown as Record<string, object>;
    expect([MD5OfMessageAttributes, Object.keys(MessageAttributes)]).toEqual([digest, names]);
  });

  test('count for the size of the message with name, type and value', async () => {
    const queue = await aRoom({ queueName: 'q', maximumMessageBytes: 1_024 });
    const send = (bytes: number) => queue.send('q', 'x'.repeat(bytes), { MessageAttributes: { ab: text('cd') } });

    await expect(send(1_024 - 10)).resolves.toBeDefined();
    await expect(send(1_024 - 9)).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });

  test.each([
    ['eleven of them', Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, text('x')]))],
    ['a reserved name', { 'aws.x': text('x') }],
    ['a name that ends in a point', { 'x.': text('x') }],
    ['a name with two points', { 'x..y': text('x') }],
    ['a name of 257 letters', { ['x'.repeat(257)]: text('x') }],
    ['no type', { x: { StringValue: 'x' } }],
    ['an unknown type', { x: { DataType: 'Date', StringValue: 'x' } }],
    ['an empty value', { x: text('') }],
    ['a number that is none', { x: { DataType: 'Number.int', StringValue: 'x' } }],
    ['bytes', { x: { DataType: 'Binary', BinaryValue: btoa('x') } }],
  ])('are refused with %s', async (_case, MessageAttributes) => {
    const queue = await aRoom({ queueName: 'q' });

    const sending = queue.call('SendMessage', { QueueUrl, MessageBody: 'a', MessageAttributes });

    await expect(sending).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });
});
