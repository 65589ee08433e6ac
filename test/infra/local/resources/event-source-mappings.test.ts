import type { Resource } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import type { InvokeResult, Lambda } from '../../../../infra/local/lambda/lambda';
import {
  type MappingCall,
  type MappingRooms,
  startMappings,
} from '../../../../infra/local/resources/event-source-mappings';
import { provisionQueues } from '../../../../infra/local/resources/sqs';
import { openSqs } from '../../../../infra/local/sqs/sqs';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { recordSpans } from '../recorded-spans';

const PLACE = { region: 'eu-central-1', accountId: '123456789012' };
const arnOf = (queueName: string) => `arn:aws:sqs:eu-central-1:123456789012:${queueName}`;
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2031-01-01T00:00:00.000';

const aResource = (type: string, physicalName: string, properties: Record<string, unknown> = {}) =>
  ({ type, physicalName, properties }) as Resource;
const aMapping = (properties: Record<string, unknown>) =>
  aResource('AWS::Lambda::EventSourceMapping', 'm', {
    FunctionName: 'f',
    EventSourceArn: arnOf('work'),
    ...properties,
  });

const RESOURCES = [
  aResource('AWS::SQS::Queue', 'dead'),
  aResource('AWS::SQS::Queue', 'work', {
    VisibilityTimeout: '60',
    RedrivePolicy: { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: '2' },
  }),
  aResource('AWS::Lambda::Function', 'f', { Timeout: 60 }),
];

/** A cloud of one function and two queues, and a table whose stream has one record. */
async function aCloud(behave: (bodies: string[], messageIds: string[]) => unknown, extra: Partial<MappingRooms> = {}) {
  const clock = manualClock(Date.parse('2031-05-06T12:00:00.000Z'));
  const sqs = await openSqs({ ...PLACE, clock, store: memoryStore(), awsEndpoint: 'http://127.0.0.1:4566' });
  provisionQueues(RESOURCES, sqs);
  const events: Array<{ name: string; bodies: string[] }> = [];
  const traces: Array<string | undefined> = [];
  const invoke: Lambda['invoke'] = async (name, payload, options): Promise<InvokeResult> => {
    traces.push(options?.traceHeader);
    const { Records } = JSON.parse(payload) as { Records: Array<{ body: string; messageId: string }> };
    const bodies = Records.map(({ body }) => body);
    const ids = Records.map(({ messageId }) => messageId);
    events.push({ name, bodies });
    const result = { statusCode: 200, executedVersion: '$LATEST', requestId: 'r' } as const;
    try {
      return { ...result, payload: JSON.stringify(behave(bodies, ids) ?? null) };
    } catch {
      return { ...result, payload: '{}', functionError: 'Unhandled' };
    }
  };
  const record = { dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: clock.now() / 1000 } };
  const dynamodb = {
    readStream: async (_arn: string, after?: string) => (after === undefined ? [record] : []),
    onStreamWrite: () => () => {},
  } as unknown as DynamoDb;
  const lambda = { invoke } as unknown as Lambda;
  const rooms: MappingRooms = { dynamodb, lambda, sqs, clock, store: memoryStore(), ...extra };
  return {
    ...{ clock, sqs, events, traces },
    start: (properties: Record<string, unknown> = {}) => startMappings([...RESOURCES, aMapping(properties)], rooms),
    count: async (queueName: string) => {
      const name = 'ApproximateNumberOfMessages';
      const request = { QueueUrl: queueName, AttributeNames: [name] };
      const { Attributes } = await sqs.handle('GetQueueAttributes', request);
      return Number((Attributes as Record<string, string>)[name]);
    },
  };
}

const fail = () => {
  throw new Error('bad');
};

describe('an event source mapping of the template', () => {
  test('feeds a function from a queue, and gives it the version or alias that it names', async () => {
    const cloud = await aCloud(() => null);
    const mappings = cloud.start({ FunctionName: `${FUNCTION_ARN}:live` });

    await cloud.sqs.send(arnOf('work'), 'a');
    await cloud.clock.advance(0);

    expect(cloud.events).toEqual([{ name: `${FUNCTION_ARN}:live`, bodies: ['a'] }]);
    await cloud.clock.advance(600_000);
    expect(cloud.events).toHaveLength(1);
    for (const mapping of mappings) await mapping.close();
  });

  test('hands a message over again after its visibility timeout, until the dead-letter queue has it', async () => {
    const cloud = await aCloud(fail);
    const mappings = cloud.start();
    await cloud.sqs.send(arnOf('work'), 'poison');

    await cloud.clock.advance(59_999);
    const first = cloud.events.length;
    await cloud.clock.advance(1);
    const second = cloud.events.length;
    await cloud.clock.advance(60_000);

    expect([first, second, cloud.events.length]).toEqual([1, 2, 2]);
    expect([await cloud.count('work'), await cloud.count('dead')]).toEqual([0, 1]);
    for (const mapping of mappings) await mapping.close();
  });

  test('hands over again only what the function reports', async () => {
    const reportFirst = (bodies: string[], [itemIdentifier]: string[]) =>
      bodies.length > 1 && { batchItemFailures: [{ itemIdentifier }] };
    const cloud = await aCloud((bodies, ids) => reportFirst(bodies, ids) || null);
    for (const body of ['a', 'b']) await cloud.sqs.send(arnOf('work'), body);
    const mappings = cloud.start({ FunctionResponseTypes: ['ReportBatchItemFailures'] });

    await cloud.clock.advance(60_000);

    expect(cloud.events.map(({ bodies }) => bodies)).toEqual([['a', 'b'], ['a']]);
    expect([await cloud.count('work'), await cloud.count('dead')]).toEqual([0, 0]);
    for (const mapping of mappings) await mapping.close();
  });

  test('begins a trace for each batch of a stream', async () => {
    const { spans, beginSpan } = recordSpans(manualClock(0));
    const cloud = await aCloud(() => null, { beginSpan });
    const mappings = cloud.start({ EventSourceArn: STREAM_ARN, StartingPosition: 'TRIM_HORIZON' });
    await cloud.clock.advance(0);

    expect(spans).toMatchObject([{ name: 'stream of t', service: 'dynamodb-streams', kind: 'producer' }]);
    expect(cloud.traces).toEqual([expect.stringContaining(`;Parent=${spans[0]?.spanId};`)]);
    for (const mapping of mappings) await mapping.close();
  });

  test('is disabled when it says so', async () => {
    const cloud = await aCloud(() => null);

    expect([cloud.start({ Enabled: false }), cloud.start({ Enabled: 'false' })]).toEqual([[], []]);
  });

  test('does everything around a queue in the name of its function', async () => {
    const calls: MappingCall[] = [];
    const cloud = await aCloud(() => null, {
      around: (call, run) => {
        calls.push(call);
        return run();
      },
    });
    const mappings = cloud.start();
    await cloud.sqs.send(arnOf('work'), 'a');
    await cloud.clock.advance(0);

    const functionName = 'f';
    expect(calls).toContainEqual({ functionName, action: 'sqs:ReceiveMessage', resourceArn: arnOf('work') });
    expect(calls).toContainEqual({ functionName, action: 'sqs:DeleteMessage', resourceArn: arnOf('work') });
    for (const mapping of mappings) await mapping.close();
  });

  test('does everything around a stream in the name of its function', async () => {
    const calls: MappingCall[] = [];
    const cloud = await aCloud(fail, {
      around: (call, run) => {
        calls.push(call);
        return run();
      },
    });
    const mappings = cloud.start({
      EventSourceArn: STREAM_ARN,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: '0',
      DestinationConfig: { OnFailure: { Destination: arnOf('dead') } },
    });
    await cloud.clock.advance(0);

    const functionName = 'f';
    expect(calls).toContainEqual({ functionName, action: 'dynamodb:GetRecords', resourceArn: STREAM_ARN });
    expect(calls).toContainEqual({ functionName, action: 'sqs:SendMessage', resourceArn: arnOf('dead') });
    expect([cloud.events.length, await cloud.count('dead')]).toEqual([1, 1]);
    for (const mapping of mappings) await mapping.close();
  });

  test('goes on when what stands around it refuses for a time', async () => {
    let isRefused = true;
    const cloud = await aCloud(() => null, {
      around: async (_call, run) => {
        if (isRefused) throw new Error('AccessDenied');
        return run();
      },
    });
    const mappings = cloud.start();
    await cloud.sqs.send(arnOf('work'), 'a');
    await cloud.clock.advance(10_000);

    isRefused = false;
    await cloud.clock.advance(30_000);

    expect(cloud.events).toEqual([{ name: 'f', bodies: ['a'] }]);
    for (const mapping of mappings) await mapping.close();
  });

  test.each([
    [{ EventSourceArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s' }, 'must be a stream or a queue'],
    [{ EventSourceArn: arnOf('none') }, 'there is no queue none'],
    [{ FunctionName: 'g' }, 'there is no function g'],
    [{ StartingPosition: 'TRIM_HORIZON' }, 'cannot be mapped with StartingPosition'],
    [
      { MaximumRetryAttempts: 0, DestinationConfig: {} },
      'cannot be mapped with MaximumRetryAttempts, DestinationConfig',
    ],
    [{ EventSourceArn: STREAM_ARN, ScalingConfig: {} }, 'cannot be mapped with ScalingConfig'],
    [{ BatchSize: 11 }, 'BatchSize must be at most 10 without a batching window, got 11'],
  ])('is refused with %o', async (properties, message) => {
    const cloud = await aCloud(() => null);

    expect(() => cloud.start(properties)).toThrow(message);
  });

  test('is refused for a function that may run longer than its queue hides a message', async () => {
    const cloud = await aCloud(() => null);

    expect(() => cloud.start({ EventSourceArn: arnOf('dead') })).toThrow(
      `event source mapping m: the visibility timeout of ${arnOf('dead')}, 30 seconds, is less than the timeout of function f, 60 seconds`,
    );
  });
});
