import '../environment';
import type { Context } from 'aws-lambda';
import { handler, replayEvents } from '../../../../functions/operations/handlers/replay-events';
import type { Replay } from '../../../../functions/operations/replay/eventbridge-replay';
import { anApiEvent } from '../../../lib/an-api-event';
import { openArchivedEvents } from '../replay/archived-events';

const NOW = Date.parse('2031-05-06T12:00:00.000Z');
const HOUR = { from: '2031-05-06T11:00:00.000Z', to: '2031-05-06T12:00:00.000Z' };

/** The use case at noon, with two types of events; `started` are the replays so far. */
function aReplaying() {
  const started: Replay[] = [];
  const rules = new Map([
    ['order.confirmed', ['inventory-order-confirmed', 'notifications-order-confirmed']],
    ['task.created', ['notifications-task-created']],
  ]);
  const replay = replayEvents({
    stage: 'test',
    rules,
    clock: { now: () => NOW },
    newId: () => String(started.length + 1),
    start: async (one) => void started.push(one),
  });
  return { started, replay };
}

describe('replaying events', () => {
  it('is accepted under an id, and goes to all', async () => {
    const { started, replay } = aReplaying();

    expect(await replay({ body: HOUR })).toEqual({ status: 202, body: { replayId: 'holdfast-test-1', ...HOUR } });
    expect(started).toEqual([{ name: 'holdfast-test-1', startsAt: NOW - 3_600_000, endsAt: NOW }]);
  });

  it('goes to the rules of the types that it names, each once', async () => {
    const { started, replay } = aReplaying();

    const answer = await replay({ body: { ...HOUR, detailTypes: ['order.confirmed', 'order.confirmed'] } });

    expect(answer.body).toEqual({ replayId: 'holdfast-test-1', ...HOUR, detailTypes: ['order.confirmed'] });
    expect(started[0]?.ruleNames).toEqual(['inventory-order-confirmed', 'notifications-order-confirmed']);
  });

  it('is another replay each time', async () => {
    const { started, replay } = aReplaying();

    await replay({ body: HOUR });
    await replay({ body: HOUR });

    expect(started.map(({ name }) => name)).toEqual(['holdfast-test-1', 'holdfast-test-2']);
  });

  it('starts nothing when something is wrong', async () => {
    const { started, replay } = aReplaying();

    await expect(replay({ body: { ...HOUR, detailTypes: ['task.eaten'] } })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      status: 400,
      errors: [{ path: 'detailTypes[0]' }],
    });
    expect(started).toEqual([]);
  });
});

describe('the route of replays', () => {
  const call = (body: unknown) =>
    handler(
      anApiEvent({
        method: 'POST',
        resource: '/ops/events/replay',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      { awsRequestId: '1' } as Context,
    );
  const instant = (msFromNow: number) => new Date(Date.now() + msFromNow).toISOString();

  it.each([
    ['without an end', { from: instant(-60_000) }, 'to'],
    ['with what is no instant', { from: 'yesterday', to: instant(-1_000) }, 'from'],
    ['of no types', { ...HOUR, detailTypes: [] }, 'detailTypes'],
    ['of more types than it takes', { ...HOUR, detailTypes: Array(51).fill('task.created') }, 'detailTypes'],
    ['with a member that there is not', { ...HOUR, queue: 'all' }, 'queue'],
    [
      'of a type that nobody reacts to',
      { from: instant(-60_000), to: instant(-1_000), detailTypes: ['a'] },
      'detailTypes[0]',
    ],
    ['of the future', { from: instant(-60_000), to: instant(3_600_000) }, 'to'],
  ])('refuses one %s, with its path', async (_, body, path) => {
    const answer = await call(body);

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path }] });
  });

  it('starts one that is right', async () => {
    const events = await openArchivedEvents();
    try {
      const range = { from: instant(-60_000), to: instant(-1_000) };

      const answer = await call({ ...range, detailTypes: ['order.confirmed'] });

      expect(answer.statusCode).toBe(202);
      const { replayId, ...rest } = JSON.parse(answer.body);
      expect(rest).toEqual({ ...range, detailTypes: ['order.confirmed'] });
      expect(await events.replays()).toMatchObject([
        {
          ReplayName: replayId,
          Destination: {
            FilterArns: ['inventory', 'notifications'].map((service) =>
              expect.stringMatching(`:rule/holdfast-test/holdfast-test-${service}-order-confirmed$`),
            ),
          },
        },
      ]);
      expect(replayId).toMatch(/^holdfast-test-[\w-]{36}$/);
    } finally {
      await events.endpoint.close();
    }
  });
});
