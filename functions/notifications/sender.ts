import { type CallParty, describeOutcome, type PartyOutcome } from '../../lib/resilience/outside-party';
import { type NotificationRow, SenderUnavailableError } from './domain';

/** What of a notification goes to the sender. */
export type Message = Pick<NotificationRow, 'notificationId' | 'customerId' | 'type' | 'message'>;

/** What the sender says of a message: it has it, or will never take it. `why` is for the log and holds nothing of the message. */
export type Delivery = { readonly status: 'SENT' } | { readonly status: 'REFUSED'; readonly why: string };

/** Who brings messages to customers. The same message may be sent again: it is brought once. */
export interface Sender {
  /**
   * @throws {SenderUnavailableError} when it stays unknown whether the message was taken
   * @throws {CircuitOpenError} when the sender is not called at the moment: nothing was sent
   */
  send(message: Message): Promise<Delivery>;
}

const ACCEPTANCES = [200, 201, 202];

/**
 * The statuses by which a sender speaks of the message itself: it will never take this one. Every other 4xx may speak of us, such as a
 * secret that is no longer valid, an address that is wrong or gone, a form that it does not know, or too many requests: it passes, or
 * is mended, and the message goes then.
 */
const REFUSALS = [413, 422];

/**
 * The sender behind its HTTP interface. One that speaks another one needs another file like this, or an adapter in front of it, and
 * must offer what this one asks for:
 *
 * - `POST /messages` with `Idempotency-Key` and `{ reference, customerId, type, message }`: 200, 201 or 202 when it has the message;
 *   413 or 422 when it will never take it. Takes a reference at most once; a repeat answers the same.
 *
 * How to reach the customer, the sender knows: no address leaves this system. Every call carries `Authorization: Bearer <secret>`.
 * Any other answer, and none at all, counts as unknown.
 */
export function openSender(call: CallParty): Sender {
  return {
    async send({ notificationId, customerId, type, message }) {
      const headers = { 'idempotency-key': notificationId };
      const body = { reference: notificationId, customerId, type, message };
      const answer = await call({ method: 'POST', path: '/messages', headers, body });
      if (isOneOf(ACCEPTANCES, answer)) return { status: 'SENT' };
      if (isOneOf(REFUSALS, answer)) return { status: 'REFUSED', why: describeOutcome(answer) };
      throw new SenderUnavailableError(notificationId, `the sender ${describeOutcome(answer)}`);
    },
  };
}

function isOneOf(statuses: readonly number[], answer: PartyOutcome): boolean {
  return answer.kind === 'answered' && statuses.includes(answer.status);
}
