import type { SQSRecord } from 'aws-lambda';
import { awsRequest } from '../aws/aws-request';
import { requireEnv } from '../env';
import { ENV } from '../service/names';

/** Where a consumer puts what it can never take, with its content, for people to look at and to have delivered again. */
export interface DeadLetters {
  /**
   * Puts a letter there. `reason` goes beside it and holds nothing of the content. One that comes back, because it was sent again in
   * vain, can be had again after {@link BACK_AFTER_SECONDS} only: whoever moves letters goes on until the queue is empty, and what came
   * back at once would be moved for ever.
   *
   * @throws {Error} when the queue does not take it
   */
  send(body: string, reason: string, isBack?: boolean): Promise<void>;
}

/** Longer than a move takes to find the queue empty. */
export const BACK_AFTER_SECONDS = 120;

/** A healthy queue takes a letter in a few milliseconds. */
const SEND_TIMEOUT_MS = 2_000;

const MAX_REASON_CHARACTERS = 1_000;

/** Whether a message was a dead letter of this consumer before. */
export function wasDeadLetter({ messageAttributes }: Pick<SQSRecord, 'messageAttributes'>): boolean {
  return messageAttributes?.reason !== undefined;
}

/**
 * The dead-letter queue that the environment names. Made once, at INIT. The reason stands in the message attribute `reason`: the body
 * stays what it was, so that a move back to the consumer's queue delivers the very message.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function openDeadLetters(): DeadLetters {
  const QueueUrl = requireEnv(ENV.deadLetterQueueUrl);
  return {
    async send(body, reason, isBack = false) {
      const attribute = { DataType: 'String', StringValue: escapeForSqs(reason).slice(0, MAX_REASON_CHARACTERS) };
      const response = await awsRequest({
        service: 'sqs',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
        body: JSON.stringify({
          QueueUrl,
          MessageBody: escapeForSqs(body),
          MessageAttributes: { reason: attribute },
          ...(isBack && { DelaySeconds: BACK_AFTER_SECONDS }),
        }),
        timeoutMs: SEND_TIMEOUT_MS,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`the dead-letter queue answered ${response.status}: ${text.slice(0, 500)}`);
    },
  };
}

/** SQS refuses a message with characters that XML has not. In JSON, where alone they occur, they can be written by their number. */
function escapeForSqs(text: string): string {
  return text.replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
