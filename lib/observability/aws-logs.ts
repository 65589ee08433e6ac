import { awsRequest } from '../aws/aws-request';
import { type Clock, systemClock } from '../clock';
import { ServiceUnavailableError } from '../errors/request-errors';

/** Which lines of a log group are looked for. */
export interface LogSearch {
  readonly logGroup: string;
  /** A text that the lines have in them, as it is. */
  readonly phrase: string;
  /** Epoch milliseconds, both included. Without them the whole group is searched, from its oldest line on. */
  readonly window?: { readonly startsAt: number; readonly endsAt: number };
}

/** A page may be empty although more follows, so the pages are bounded as well as the lines. */
const MAX_PAGES = 20;
const MAX_LINES = 5_000;
/** For the whole search, and for one page of it. */
const SEARCH_TIMEOUT_MS = 10_000;
const PAGE_TIMEOUT_MS = 5_000;

/**
 * Finds lines of a log group, oldest first: at most 5,000, and those that CloudWatch finds in 20 pages or 10 seconds. A group
 * that does not exist has none. Lines come into a group some seconds after they were written.
 *
 * @throws {ServiceUnavailableError} when CloudWatch does not answer or refuses, or nothing was found in that time.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export async function findLogLines(
  { logGroup, phrase, window }: LogSearch,
  clock: Clock = systemClock,
): Promise<string[]> {
  const lines: string[] = [];
  const giveUpAt = clock.now() + SEARCH_TIMEOUT_MS;
  const filterPattern = `"${phrase.replace(/["\\]/g, '\\$&')}"`;
  const range = window && { startTime: window.startsAt, endTime: window.endsAt };
  let nextToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && lines.length < MAX_LINES && clock.now() < giveUpAt; pages += 1) {
    const page = await readPage({ logGroupName: logGroup, filterPattern, ...range, nextToken });
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  // Found nothing, but not looked everywhere: that is no answer.
  if (lines.length === 0 && nextToken !== undefined) {
    throw new ServiceUnavailableError('CloudWatch Logs', new Error(`${logGroup} could not be searched to the end`));
  }
  return lines.slice(0, MAX_LINES);
}

interface Page {
  readonly events?: ReadonlyArray<{ readonly message?: string }>;
  readonly nextToken?: string;
}

async function readPage(request: object): Promise<Page> {
  try {
    const response = await awsRequest({
      service: 'logs',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
      body: JSON.stringify(request),
      timeoutMs: PAGE_TIMEOUT_MS,
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Page;
    if (/ResourceNotFoundException/.test(text)) return {};
    throw new Error(`CloudWatch Logs answered ${response.status}: ${text.slice(0, 500)}`);
  } catch (error) {
    throw new ServiceUnavailableError('CloudWatch Logs', error);
  }
}
