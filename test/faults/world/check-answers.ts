import type { FoundViolation } from '../simulation';
import { addressMark, type ClientRecord } from './client-record';
import { type Check, type Evidence, totalOf } from './evidence';
import { SECRET } from './place';

/** What no answer shows and no log holds: where somebody lives, what can be charged, what opens the parties. */
const PRIVATE = new RegExp(`${addressMark('')}|tok_[a-z]|${SECRET}`);

/** What clients were told is true and stays true, and is told to nobody else. */
export const checkAnswers: Check = (evidence) => [
  ...evidence.clients.flatMap((record) => checkClient(evidence, record)),
  ...checkKeys(evidence),
  ...evidence.refused
    .filter(({ answer: { status } }) => status < 400 || status >= 500)
    .map(({ as, answer: { status } }) => ({
      rule: 'hostile input',
      detail: `a request that is broken (${as}) is answered ${status}`,
    })),
  ...evidence.logs
    .filter((line) => PRIVATE.test(line))
    .map((line) => ({ rule: 'isolation', detail: `a log holds ${PRIVATE.exec(line)?.[0]}: ${line.slice(0, 200)}` })),
];

function checkClient(evidence: Evidence, record: ClientRecord): FoundViolation[] {
  const { orderId, accepted, repeats, misuses, strangers, cancellations, lists } = record;
  const found: FoundViolation[] = [];
  const note = (rule: string, what: string) => found.push({ rule, detail: `${orderId} ${what}` });
  if (!accepted) {
    note('answers', 'has got no answer');
    return found;
  }
  const row = evidence.versions.get(orderId)?.at(-1)?.row;
  if (accepted.status !== 202) note('answers', `is answered ${accepted.status}: ${accepted.body.slice(0, 200)}`);
  else if (!row) note('lost orders', 'was accepted and is not there');
  else if (row.customerId !== record.order.customerId) note('isolation', `belongs to ${row.customerId}`);
  if (accepted.status === 202) found.push(...checkOrder(evidence, record, JSON.parse(accepted.body)));
  for (const { status, body } of repeats) {
    if (status !== accepted.status || body !== accepted.body)
      note('idempotency', `answers ${status} ${body} to a repeat`);
  }
  for (const { status } of misuses) if (status !== 422) note('idempotency', `answers ${status} to another body`);
  for (const { status } of strangers) if (status !== 404) note('isolation', `answers ${status} to another customer`);
  const pages = lists.flatMap((list) => list.pages);
  const answers = [accepted, ...repeats, ...misuses, ...strangers, ...cancellations, ...pages];
  for (const { body } of answers) if (PRIVATE.test(body)) note('isolation', `answers with ${PRIVATE.exec(body)?.[0]}`);
  return found;
}

/** The order as it was accepted is the one that was asked for, at the prices of the plan. */
function checkOrder(
  { plan }: Evidence,
  { orderId, order }: ClientRecord,
  answer: { orderId: string; totalCents: number; items: ReadonlyArray<{ sku: string; quantity: number }> },
): FoundViolation[] {
  const linesOf = (lines: ReadonlyArray<{ sku: string; quantity: number }>) =>
    JSON.stringify(lines.map(({ sku, quantity }) => ({ sku, quantity })));
  const totalCents = totalOf(plan, order.lines);
  const isRight =
    answer.orderId === orderId && answer.totalCents === totalCents && linesOf(answer.items) === linesOf(order.lines);
  return isRight ? [] : [{ rule: 'answers', detail: `${orderId} is answered with ${JSON.stringify(answer)}` }];
}

/** One order for each key, and none that nobody has asked for. */
function checkKeys({ clients, books }: Evidence): FoundViolation[] {
  const wanted = new Set(clients.map(({ orderId }) => orderId));
  return books.orders
    .filter(({ orderId }) => !wanted.has(orderId))
    .map(({ orderId }) => ({ rule: 'idempotency', detail: `${orderId} is an order that nobody has placed` }));
}
