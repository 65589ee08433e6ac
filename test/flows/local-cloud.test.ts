import { PutEventsCommand, StartReplayCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, ListExecutionsCommand, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { assemblyDirectory, PROBE } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { shiftedClock } from '../support/shifted-clock';

const clock = shiftedClock();
const MINUTE_MS = 60_000;
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;

let system: LocalSystem;
let aws: ReturnType<typeof awsClients>;
beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory(PROBE), clock });
  aws = awsClients(system.awsUrl);
});
afterAll(() => system.close());
afterEach(() => expect([system.errors, system.notices]).toEqual([[], []]));

const queueUrl = (name: string) => `${system.awsUrl}/000000000000/probe-${name}`;

/** Waits for one message, takes it out of its queue and reads its body. */
async function take(queue: string): Promise<Message & { json: unknown }> {
  const QueueUrl = queueUrl(queue);
  for (;;) {
    const { Messages: [message] = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (message === undefined) continue;
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return { ...message, json: JSON.parse(message.Body ?? 'null') };
  }
}

async function countOf(queue: string): Promise<number> {
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(queue), AttributeNames: ['All'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
}

/** Waits until the function has logged so many lines that hold the text. */
async function untilLogged(text: string, count = 1): Promise<void> {
  const isLogged = () => system.logs.filter((line) => line.text.includes(text)).length >= count;
  while (!isLogged()) await new Promise((tick) => setTimeout(tick, 10));
}

function put(detailType: string, detail: object) {
  const entry = { EventBusName: 'probe-bus', Source: 'probe', DetailType: detailType, Detail: JSON.stringify(detail) };
  return aws.events.send(new PutEventsCommand({ Entries: [entry] }));
}

describe('an event on the bus', () => {
  it('reaches a queue as its rule transforms it', async () => {
    await put('to-queue', { subject: 'a thing', secret: 'not passed on' });

    expect((await take('inbox')).json).toEqual({ subject: 'a thing', by: '000000000000' });
  });

  it('reaches a function', async () => {
    await put('to-function', { number: 1 });

    await untilLogged('"detail":{"number":1}');
  });

  it('starts a state machine, as the role of the rule', async () => {
    await put('to-machine', { number: 2 });

    const stateMachineArn = arn('states', 'stateMachine:probe-standard');
    for (;;) {
      const { executions: [execution] = [] } = await aws.states.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }),
      );
      if (execution === undefined) continue;
      const { executionArn } = execution;
      const { output } = await aws.states.send(new DescribeExecutionCommand({ executionArn }));
      expect(JSON.parse(output ?? '')).toMatchObject({ got: { detail: { number: 2 } } });
      return;
    }
  });

  it('tells entry by entry what it did not take', async () => {
    const good = { EventBusName: 'probe-bus', Source: 'probe', DetailType: 'nobody', Detail: '{}' };

    const answer = await aws.events.send(new PutEventsCommand({ Entries: [good, { ...good, Detail: 'no JSON' }] }));

    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, 'MalformedDetail']);
  });

  it('is in the archive, and comes again with a replay', async () => {
    // Times of events have no fractions of a second, and the events before are not asked for.
    clock.shiftBy(MINUTE_MS);
    const from = new Date(clock.now() - 1000);
    await put('to-queue', { subject: 'again' });
    await take('inbox');
    clock.shiftBy(MINUTE_MS);

    await aws.events.send(
      new StartReplayCommand({
        ReplayName: 'again',
        EventSourceArn: arn('events', 'archive/probe-archive'),
        EventStartTime: from,
        EventEndTime: new Date(clock.now()),
        Destination: { Arn: arn('events', 'event-bus/probe-bus') },
      }),
    );

    expect((await take('inbox')).json).toMatchObject({ subject: 'again' });
  });
});

describe('a function', () => {
  const invoke = async (functionName: string, payload: object, options: object = {}) => {
    const command = { FunctionName: functionName, Payload: JSON.stringify(payload), ...options };
    const answer = await aws.lambda.send(new InvokeCommand(command));
    return { ...answer, json: JSON.parse(answer.Payload?.transformToString() || 'null') };
  };

  it('answers under its alias, which is of a version', async () => {
    const answer = await invoke('probe-worker', { number: 3 }, { Qualifier: 'live' });

    expect([answer.ExecutedVersion, answer.json]).toEqual(['1', { echo: { number: 3 } }]);
  });

  it('finds in its environment the secret that the template refers to', async () => {
    const { SecretString } = await aws.secrets.send(new GetSecretValueCommand({ SecretId: 'probe/secret' }));

    expect(SecretString).toMatch(/^.{32}$/);
    expect((await invoke('probe-worker', { variable: 'SECRET' })).json).toBe(SecretString);
  });

  it('is tried once more when it fails asynchronously, and then noted at its destination', async () => {
    const { StatusCode } = await invoke('probe-worker', { fail: true, id: 'async' }, { InvocationType: 'Event' });
    await untilLogged('"id":"async"');
    clock.shiftBy(MINUTE_MS);

    expect(StatusCode).toBe(202);
    expect((await take('failures')).json).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { id: 'async' },
      responsePayload: { errorMessage: 'asked to fail' },
    });
  });

  it('throttles what is beyond its reserved concurrency', async () => {
    const url = `${system.awsUrl}/2015-03-31/functions/probe-single/invocations`;
    // Without an SDK, which would try again.
    const post = () => fetch(url, { method: 'POST', body: JSON.stringify({ waitMs: 300 }) });

    const answers = await Promise.all([post(), post()]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
  });
});

describe('a queue that feeds a function', () => {
  it('keeps what failed for another try, then puts it aside; what nobody wants is gone', async () => {
    const bodies = [{ id: 'good' }, { id: 'bad', fail: true }, { id: 'unwanted', skip: true }];
    const Entries = bodies.map((body) => ({ Id: body.id, MessageBody: JSON.stringify(body) }));
    await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl('work'), Entries }));
    await untilLogged('"id":"bad"', 1);
    clock.shiftBy(MINUTE_MS);
    await untilLogged('"id":"bad"', 2);
    clock.shiftBy(MINUTE_MS);

    expect(await take('dead')).toMatchObject({
      json: { id: 'bad' },
      Attributes: { DeadLetterQueueSourceArn: arn('sqs', 'probe-work') },
    });
    expect(await countOf('work')).toBe(0);
    expect(system.logs.filter(({ text }) => text.includes('"id":"good"'))).toHaveLength(1);
    expect(system.logs.filter(({ text }) => text.includes('"id":"unwanted"'))).toEqual([]);
  });

  it('gets back what was put aside', async () => {
    const MessageBody = JSON.stringify({ id: 'returned', fail: true });
    await aws.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl('work'), Entries: [{ Id: '1', MessageBody }] }),
    );
    for (let tries = 1; tries <= 2; tries += 1) {
      await untilLogged('"id":"returned"', tries);
      clock.shiftBy(MINUTE_MS);
    }
    while ((await countOf('dead')) === 0) await new Promise((tick) => setTimeout(tick, 10));

    await aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('sqs', 'probe-dead') }));

    await untilLogged('"id":"returned"', 3);
  });
});

describe('a schedule', () => {
  it('comes every minute', async () => {
    clock.shiftBy(MINUTE_MS);
    const first = await take('ticks');
    clock.shiftBy(MINUTE_MS);
    const second = await take('ticks');

    expect(first.MessageId).not.toBe(second.MessageId);
  });
});

describe('an Express state machine', () => {
  it('answers at once', async () => {
    const { status, output } = await aws.states.send(
      new StartSyncExecutionCommand({ stateMachineArn: arn('states', 'stateMachine:probe-express'), input: '{"a":1}' }),
    );

    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', { got: { a: 1 } }]);
  });
});
