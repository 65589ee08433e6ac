import '../environment';
import type { Context } from 'aws-lambda';
import { handler, listDeadLetters } from '../../../../functions/operations/handlers/list-dead-letters';
import { anApiEvent } from '../../../lib/an-api-event';
import { CONSUMERS, openDeadLetterQueues } from '../dead-letters/dead-letter-queues';

const SALES = 'inventory-sell-stock';
const RELAY = 'tasks-relay-events';

describe('the list of dead letters', () => {
  let queues: Awaited<ReturnType<typeof openDeadLetterQueues>>;
  const list = async () => (await listDeadLetters(CONSUMERS, queues.clock)()).body;

  beforeEach(async () => {
    queues = await openDeadLetterQueues();
  });
  afterEach(() => queues.endpoint.close());

  it('is empty when nothing is dead', async () => {
    expect(await list()).toEqual({ items: [] });
  });

  it('has how many there are in each queue that holds some, and how old the oldest is', async () => {
    await queues.die(SALES, 'a');
    await queues.clock.advance(90_500);
    await queues.die(SALES, 'b', 'c');
    await queues.die(RELAY, 'd');
    await queues.clock.advance(1_000);

    expect(await list()).toEqual({
      items: [
        { queue: RELAY, messages: 1, oldestAgeSeconds: 1 },
        { queue: SALES, messages: 3, oldestAgeSeconds: 91 },
      ],
    });
  });

  it('asks about all queues at once', async () => {
    let askedMeanwhile = 0;
    queues.endpoint.before('GetQueueUrl', async () => {
      for (let turns = 0; turns < 1_000 && askedMeanwhile < 2; turns += 1) {
        await new Promise(setImmediate);
        askedMeanwhile = queues.endpoint.asked.length;
      }
    });

    await list();

    expect(askedMeanwhile).toBeGreaterThanOrEqual(2);
  });

  it('takes nothing: what it has looked at is there for the next at once', async () => {
    await queues.die(SALES, 'a', 'b');

    await list();

    expect(await queues.contents(SALES)).toEqual([[], ['a', 'b']]);
  });

  it('counts what somebody else has received, whose age cannot be seen', async () => {
    await queues.die(SALES, 'a', 'b');
    await queues.clock.advance(5_000);
    await queues.receiveDead(SALES, 1);
    const one = await list();
    await queues.receiveDead(SALES, 1);

    expect(one).toEqual({ items: [{ queue: SALES, messages: 2, oldestAgeSeconds: 5 }] });
    expect(await list()).toEqual({ items: [{ queue: SALES, messages: 2, oldestAgeSeconds: 0 }] });
  });

  it.each(['GetQueueUrl', 'GetQueueAttributes'])(
    'is an error, and no shorter list, when %s of one queue fails',
    async (operation) => {
      await queues.die(SALES, 'a');
      queues.endpoint.fail(operation, 'refused', RELAY);

      await expect(list()).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        status: 503,
        cause: { message: expect.stringContaining(RELAY) },
      });
    },
  );

  it('is an error when a queue cannot be looked into', async () => {
    await queues.die(SALES, 'a');
    queues.endpoint.fail('ReceiveMessage', 'refused');

    await expect(list()).rejects.toMatchObject({ status: 503 });
  });

  it('is an error when a queue does not exist', async () => {
    const missing = { name: 'tasks-gone', queue: 'gone', deadLetterQueue: 'gone-dead-letters' };

    await expect(listDeadLetters([...CONSUMERS, missing], queues.clock)()).rejects.toMatchObject({ status: 503 });
  });

  it('is of the consumers that the environment names, by name', async () => {
    await queues.die(SALES, 'a');
    await queues.die(RELAY, 'b');

    const answer = await handler(anApiEvent({ resource: '/ops/dead-letters' }), { awsRequestId: '1' } as Context);

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body).items).toMatchObject([{ queue: SALES }, { queue: RELAY }]);
  });
});
