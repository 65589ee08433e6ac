import '../../support/environment';
import { BACK_AFTER_SECONDS, openDeadLetters } from '../../../lib/events/aws-dead-letters';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

describe('the dead letters of a consumer', () => {
  let aws: FakeAws;
  const messages = () => aws.requests.map(({ body }) => JSON.parse(body));

  beforeAll(async () => {
    aws = await startFakeAws();
  });
  beforeEach(() => aws.forget());
  afterAll(() => aws.close());

  it('go to the queue that the environment names, unchanged, with the reason beside them', async () => {
    await openDeadLetters().send('{"as":"it is"}', 'it is broken');

    expect(aws.requests).toMatchObject([
      {
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.SendMessage',
          authorization: expect.stringContaining('/us-east-1/sqs/aws4_request'),
        },
      },
    ]);
    expect(messages()).toEqual([
      {
        QueueUrl: 'http://queues.invalid/000000000000/dead-letters',
        MessageBody: '{"as":"it is"}',
        MessageAttributes: { reason: { DataType: 'String', StringValue: 'it is broken' } },
      },
    ]);
  });

  it('can be had again only after a while when they come back', async () => {
    await openDeadLetters().send('{}', 'why', true);

    expect(messages()[0].DelaySeconds).toBe(BACK_AFTER_SECONDS);
  });

  it('have a reason of a thousand characters at most', async () => {
    await openDeadLetters().send('{}', 'x'.repeat(2_000));

    expect(messages()[0].MessageAttributes.reason.StringValue).toHaveLength(1_000);
  });

  it('have the characters that SQS refuses by their number, so that as JSON they are the same', async () => {
    const content = { text: 'a\ufffeb\uffffc' };

    await openDeadLetters().send(JSON.stringify(content), 'why');

    expect(messages()[0].MessageBody).toBe('{"text":"a\\ufffeb\\uffffc"}');
    expect(JSON.parse(messages()[0].MessageBody)).toEqual(content);
  });

  it('tell when the queue does not take them', async () => {
    aws.answer((response) => {
      response.statusCode = 400;
      response.end('{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}');
    });

    await expect(openDeadLetters().send('{}', 'why')).rejects.toThrow(
      'the dead-letter queue answered 400: {"__type":"com.amazonaws.sqs#QueueDoesNotExist"}',
    );
  });
});
