import '../environment';
import type { Context } from 'aws-lambda';
import { handler, redriveDeadLetters } from '../../../../functions/operations/handlers/redrive-dead-letters';
import { anApiEvent } from '../../../lib/an-api-event';
import { CONSUMERS, openDeadLetterQueues } from '../dead-letters/dead-letter-queues';

const SALES = 'inventory-sell-stock';

describe('redriving dead letters', () => {
  let queues: Awaited<ReturnType<typeof openDeadLetterQueues>>;
  const redrive = (queue = SALES) => redriveDeadLetters(CONSUMERS)({ path: { queue } });
  const accepted = (messages: number) => ({ status: 202, body: { queue: SALES, messages } });

  beforeEach(async () => {
    queues = await openDeadLetterQueues();
  });
  afterEach(() => queues.endpoint.close());

  it('moves them to the queue of their consumer, wherever they came from, and says how many', async () => {
    await queues.die(SALES, 'a', 'b', 'c');
    await queues.die('tasks-relay-events', 'other');

    expect(await redrive()).toEqual(accepted(3));

    await queues.clock.advance(0);
    expect(await queues.contents(SALES)).toEqual([['a', 'b', 'c'], []]);
    expect(await queues.contents('tasks-relay-events')).toEqual([[], ['other']]);
  });

  it('is accepted again while they are being moved, starts nothing, and says what is left', async () => {
    await queues.die(SALES, 'a', 'b', 'c');
    await queues.startMove(SALES);
    await queues.clock.advance(0);

    expect(await redrive()).toEqual(accepted(2));
    expect(await queues.moves(SALES)).toHaveLength(1);
    expect(queues.endpoint.asked).not.toContain('StartMessageMoveTask');
  });

  it('says that also those are left that somebody else has received', async () => {
    await queues.die(SALES, 'a', 'b', 'c');
    await queues.startMove(SALES);
    await queues.clock.advance(0);
    await queues.receiveDead(SALES, 1);

    expect(await redrive()).toEqual(accepted(2));
  });

  it('is accepted once more when all are moved and others have died', async () => {
    await queues.die(SALES, 'a');
    await redrive();
    await queues.clock.advance(0);
    await queues.die(SALES, 'b');

    expect(await redrive()).toEqual(accepted(1));

    await queues.clock.advance(0);
    expect(await queues.contents(SALES)).toEqual([['a', 'b'], []]);
  });

  it('is accepted when another call is faster by a moment', async () => {
    await queues.die(SALES, 'a', 'b');
    queues.endpoint.before('StartMessageMoveTask', () => queues.startMove(SALES));

    expect(await redrive()).toEqual(accepted(2));
    expect(await queues.moves(SALES)).toHaveLength(1);
  });

  it('is accepted when the move has begun and the reply is lost', async () => {
    await queues.die(SALES, 'a', 'b');
    queues.endpoint.fail('StartMessageMoveTask', 'reply lost');

    expect(await redrive()).toEqual(accepted(2));
    expect(await queues.moves(SALES)).toHaveLength(1);
  });

  it.each(['GetQueueUrl', 'GetQueueAttributes', 'ListMessageMoveTasks', 'StartMessageMoveTask'])(
    'fails when %s is refused, and the same call is safe afterwards',
    async (operation) => {
      await queues.die(SALES, 'a');
      queues.endpoint.fail(operation, 'refused');
      await expect(redrive()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
      expect(await queues.moves(SALES)).toEqual([]);
      queues.endpoint.fail(operation, 'refused', 'no such request');

      expect(await redrive()).toEqual(accepted(1));
    },
  );

  it('is refused when there is nothing', async () => {
    await expect(redrive()).rejects.toMatchObject({
      code: 'NO_DEAD_LETTERS',
      status: 409,
      message: `no dead letter of ${SALES} can be sent again now: there are none`,
    });
    expect(await queues.moves(SALES)).toEqual([]);
  });

  it('is refused while somebody else has all of them', async () => {
    await queues.die(SALES, 'a');
    await queues.receiveDead(SALES, 10);

    await expect(redrive()).rejects.toMatchObject({
      code: 'NO_DEAD_LETTERS',
      message: `no dead letter of ${SALES} can be sent again now: 1 came back a moment ago, or somebody else has received them`,
    });
  });

  it('counts only those that it moves', async () => {
    await queues.die(SALES, 'a', 'b');
    await queues.receiveDead(SALES, 1);

    expect(await redrive()).toEqual(accepted(1));
  });

  it('is 404 for an unknown queue, and names those that there are', async () => {
    await expect(redrive('inventory-steal-stock')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      message: 'there is no queue "inventory-steal-stock"; there are tasks-relay-events, inventory-sell-stock',
    });
    expect(queues.endpoint.asked).toEqual([]);
  });

  it('takes the queue from the path, and none that cannot be a name', async () => {
    await queues.die(SALES, 'a');
    const resource = '/ops/dead-letters/{queue}/redrive';
    const call = async (queue: string) =>
      handler(anApiEvent({ method: 'POST', resource, path: { queue } }), { awsRequestId: '1' } as Context);

    const answers = [await call(SALES), await call('Sell Stock')];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 400]);
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual({ queue: SALES, messages: 1 });
    expect(JSON.parse(answers[1]?.body ?? '').errors).toMatchObject([{ path: 'queue' }]);
  });
});
