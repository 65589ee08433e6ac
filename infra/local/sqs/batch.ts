import { AwsError } from '../aws-error';
import { MAX_MESSAGE_BYTES, sizeOfMessage } from './message';
import type { Parameters } from './parameters';

/**
 * Does every entry of a batch request, and reports one that was refused without failing the others.
 *
 * @throws {AwsError} `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct` or
 *   `BatchRequestTooLong`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export async function runBatch(
  { Entries }: Parameters,
  run: (entry: Parameters) => Promise<object>,
): Promise<{ Successful: object[]; Failed: object[] }> {
  const entries = (Array.isArray(Entries) ? Entries : []) as Parameters[];
  checkEntries(entries);
  const results = await Promise.allSettled(entries.map(run));
  const answer = { Successful: [] as object[], Failed: [] as object[] };
  for (const [index, result] of results.entries()) {
    const Id = entries[index]?.Id;
    if (result.status === 'fulfilled') {
      answer.Successful.push({ Id, ...result.value });
    } else {
      if (!(result.reason instanceof AwsError)) throw result.reason;
      const { code: Code, message: Message, status } = result.reason;
      answer.Failed.push({ Id, SenderFault: status < 500, Code, Message });
    }
  }
  return answer;
}

function checkEntries(entries: readonly Parameters[]): void {
  const ids = entries.map(({ Id }) => String(Id ?? ''));
  const bytes = entries.map(sizeOfMessage).reduce((sum, size) => sum + size, 0);
  const tooLong = `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`;
  const areNamed = ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id));
  const rules: ReadonlyArray<[isBroken: boolean, code: string, message: string]> = [
    [ids.length === 0, 'EmptyBatchRequest', 'There should be at least one entry in the request.'],
    [ids.length > 10, 'TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.'],
    [!areNamed, 'InvalidBatchEntryId', 'An entry id is 1 to 80 letters, digits, hyphens and underscores.'],
    [new Set(ids).size < ids.length, 'BatchEntryIdsNotDistinct', 'Two entries have the same id.'],
    [bytes > MAX_MESSAGE_BYTES, 'BatchRequestTooLong', tooLong],
  ];
  const broken = rules.find(([isBroken]) => isBroken);
  if (broken !== undefined) throw new AwsError(broken[1], broken[2]);
}
