import '../environment';
import type { Context } from 'aws-lambda';
import { handler, listSagas } from '../../../../functions/operations/handlers/list-sagas';
import { encodeCursor } from '../../../../lib/http/cursor';
import { anApiEvent } from '../../../lib/an-api-event';
import { answering } from '../../../support/answering';

const ITEM = { orderId: `ord_${'0'.repeat(32)}`, status: 'parked', startedAt: '2026-01-01T12:00:00.000Z' } as const;

describe('listing sagas', () => {
  it('answers those of the status, as the orders service has them', async () => {
    const call = answering({ items: [ITEM] });

    expect(await listSagas(call)({ query: { status: 'parked' } })).toEqual({ status: 200, body: { items: [ITEM] } });
    expect(call.asked()).toEqual([['orders/list-sagas', { status: 'parked', limit: 25 }]]);
  });

  it('goes on with the cursor of the page before', async () => {
    const call = answering({ items: [ITEM], nextCursor: 'theirs' });
    const first = await listSagas(call)({ query: { status: 'parked', limit: 1 } });
    const { nextCursor: cursor } = first.body as { nextCursor: string };

    await listSagas(call)({ query: { status: 'parked', limit: 1, cursor } });

    expect(call.asked()).toEqual([
      ['orders/list-sagas', { status: 'parked', limit: 1 }],
      ['orders/list-sagas', { status: 'parked', limit: 1, cursor: 'theirs' }],
    ]);
  });

  it.each([
    ['that is none', 'nonsense'],
    ['of the list of another status', encodeCursor({ status: 'running', cursor: 'theirs' })],
  ])('refuses a cursor %s without asking', async (_, cursor) => {
    const call = answering({ items: [] });

    await expect(listSagas(call)({ query: { status: 'parked', cursor } })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: 'cursor' }],
    });
    expect(call.asked()).toEqual([]);
  });

  it.each([
    ['no status', {}, 'status'],
    ['a status that there is not', { status: 'lost' }, 'status'],
    ['a page of nothing', { status: 'parked', limit: '0' }, 'limit'],
    ['a page of more than 100', { status: 'parked', limit: '101' }, 'limit'],
    ['a parameter that there is not', { status: 'parked', order: 'up' }, 'order'],
  ])('refuses %s with its path', async (_, query: Record<string, string>, path) => {
    const answer = await handler(anApiEvent({ resource: '/ops/sagas', query }), {
      awsRequestId: 'request-1',
    } as Context);

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path }] });
  });
});
