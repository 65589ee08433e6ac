/**
 * Logs what it is given and gives it back. A message or an event with `fail: true` fails; with `waitMs` it takes that long.
 * With `variable` it answers that variable of its environment. Records of a queue fail one by one, as the mapping lets them.
 */
export async function handler(event) {
  if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
  if (event.variable) return process.env[event.variable];
  if (!event.Records) {
    console.log(JSON.stringify({ received: event }));
    if (event.fail) throw new Error('asked to fail');
    return { echo: event };
  }
  const failed = event.Records.filter(({ body }) => JSON.parse(body).fail);
  console.log(JSON.stringify({ received: event.Records.map(({ body }) => JSON.parse(body)) }));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
