import { openSender } from '../../../functions/notifications/sender';
import { answered, CIRCUIT_OPEN, fakeParty, UNKNOWN } from '../../support/fake-party';

const MESSAGE = { notificationId: 'ntf_1', customerId: 'alice', type: 'task.created', message: 'Task created!' };

describe('a message to the sender', () => {
  test('is sent once, named by the notification, with its key in the header', async () => {
    const { call, requests } = fakeParty(answered(201, { reference: 'ntf_1', status: 'SENT' }));

    expect(await openSender(call).send(MESSAGE)).toEqual({ status: 'SENT' });

    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/messages',
        headers: { 'idempotency-key': 'ntf_1' },
        body: { reference: 'ntf_1', customerId: 'alice', type: 'task.created', message: 'Task created!' },
      },
    ]);
  });

  test('carries nothing else of what is stored', async () => {
    const { call, requests } = fakeParty(answered(202));

    await openSender(call).send({ ...MESSAGE, status: 'PENDING', subject: { kind: 'task' } } as typeof MESSAGE);

    expect(Object.keys(requests[0]?.body ?? {})).toEqual(['reference', 'customerId', 'type', 'message']);
  });

  test.each([200, 201, 202])('is taken when the sender answers %i, whatever else it says', async (status) => {
    const { call } = fakeParty(answered(status));

    expect(await openSender(call).send(MESSAGE)).toEqual({ status: 'SENT' });
  });

  test.each([413, 422])('is refused for good by a %i, which speaks of the message', async (status) => {
    const { call } = fakeParty(answered(status, { detail: 'Ada Secret' }));

    expect(await openSender(call).send(MESSAGE)).toEqual({ status: 'REFUSED', why: `answered ${status}` });
  });

  test.each([
    ['does not answer', UNKNOWN],
    ['answers nothing that was agreed on', answered(204)],
    ['sends us elsewhere', answered(302)],
    ['does not know the form', answered(400)],
    ['is gone from its address', answered(410)],
    ['does not know our secret', answered(401)],
    ['does not let us in', answered(403)],
    ['is not at its address', answered(404)],
    ['is still at the message', answered(409)],
    ['has too many of ours', answered(429)],
  ])('may still be taken when the sender %s', async (_, outcome) => {
    const { call, requests } = fakeParty(outcome);

    const sent = openSender(call).send(MESSAGE);

    await expect(sent).rejects.toMatchObject({ name: 'SenderUnavailableError', code: 'SENDER_UNAVAILABLE' });
    await expect(sent).rejects.toMatchObject({ retryable: true, message: 'notification ntf_1 could not be sent' });
    expect(requests).toHaveLength(1);
  });

  test('is refused by an open circuit, with nothing sent', async () => {
    await expect(openSender(fakeParty(CIRCUIT_OPEN).call).send(MESSAGE)).rejects.toBe(CIRCUIT_OPEN);
  });
});
