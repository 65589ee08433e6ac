import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
/** Whether a function that has several sources was called with messages of a queue. */
export function isQueueEvent(event: { readonly Records: ReadonlyArray<{ eventSource?: string }> }): event is SQSEvent {
  return event.Records[0]?.eventSource === 'aws:sqs';
}

/**
 * Takes the messages of a batch side by side and reports each that failed, so that these alone are delivered again. Why it failed is
 * for `take` to log, which knows what it was about. The mapping must have `ReportBatchItemFailures`, without which a report deletes
 * all of them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export async function takeMessages(
  { Records }: SQSEvent,
  take: (message: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failures = await Promise.all(
    Records.map(async (message) => {
      try {
        await take(message);
        return [];
      } catch {
        return [{ itemIdentifier: message.messageId }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** The body of a message. @throws {Error} when it is not JSON; it is not repeated in the message, for it may be anything. */
export function parseBody({ body }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error('the message is not JSON');
  }
}
