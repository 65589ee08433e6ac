import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { digest } from '../../../lib/id';
import { type UrlRoutes, urlHandler } from '../../../lib/lambda/url-handler';
import { openSecret } from '../../../lib/secrets/aws-secret';
import { ENV } from '../../../lib/service/names';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { check, idempotencyKeyOf, MessageBody } from '../check';
import { type Message, requireRepeat } from '../domain';
import { countAttempt, enter } from '../store';

/** The sender of messages, as functions/notifications/sender.ts expects one. It takes every message, and no text is kept. */
export const sender = (table: Table, clock: Clock): UrlRoutes => ({
  'POST /messages': async (request) => {
    const { message, reference, ...told } = check(MessageBody, request.body, 'body');
    const idempotencyKey = idempotencyKeyOf(request);
    await countAttempt(table, 'messages', { reference, idempotencyKey }, clock.now());
    const entry: Message = {
      book: 'messages',
      reference,
      ...told,
      messageHash: digest(message),
      status: 'SENT',
      idempotencyKey,
      updatedAt: toTimestamp(clock.now()),
    };
    const existing = await enter(table, entry);
    if (existing) requireRepeat(existing, entry);
    return { status: existing ? 200 : 201, body: { reference, status: entry.status } };
  },
});

export const handler = urlHandler(sender(openTable(), systemClock), openSecret(requireEnv(ENV.ownSecretArn)));
