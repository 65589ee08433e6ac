import { AwsError } from '../aws-error';
import { type Parameters, textsOf } from './parameters';

const MAX_ENTRIES = 10;

/** How the entries of a batch ended. */
export interface BatchResult {
  readonly Successful: ReadonlyArray<Record<string, unknown>>;
  readonly Failed: ReadonlyArray<Record<string, unknown>>;
}

/**
 * The entries of a batch request.
 *
 * @throws {AwsError} `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function parseEntries({ Entries }: Parameters): Parameters[] {
  const entries = (Array.isArray(Entries) ? Entries : []) as Parameters[];
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MAX_ENTRIES) {
    const message = `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = textsOf(entries.map(({ Id }) => Id ?? ''));
  if (!ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    throw new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  return entries;
}

/** Does every entry, and reports one that was refused without failing the others. */
export async function runEntries(
  entries: readonly Parameters[],
  run: (entry: Parameters) => Promise<Record<string, unknown>>,
): Promise<BatchResult> {
  const results = await Promise.all(
    entries.map(async (entry) => {
      try {
        return { successful: { Id: entry.Id, ...(await run(entry)) } };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const { code: Code, message: Message, status } = error;
        return { failed: { Id: entry.Id, SenderFault: status < 500, Code, Message } };
      }
    }),
  );
  return {
    Successful: results.flatMap(({ successful }) => successful ?? []),
    Failed: results.flatMap(({ failed }) => failed ?? []),
  };
}
