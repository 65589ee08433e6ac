import type { BusEvent } from './event-envelope';

/** An event on its way to the bus. */
export interface RelayWork {
  /** Which record it came with. */
  readonly record: number;
  readonly aggregateId: string;
  /** For the log: `<source>/<aggregateId>/<sequence>`, without a sequence where none can be read. */
  readonly eventId: string;
  /** Its copies, one per version, that are not on the bus yet. */
  readonly copies: readonly BusEvent[];
  /** Why it can never be published; its letter is then all that is left to do. */
  readonly reason?: string;
  /** It is of a deployment that this code does not know, and young: that deployment may be about to replace this code, or be it. */
  readonly isEarly?: true;
  /** What is put among the dead letters when it cannot be published, without the reason. */
  readonly letter: object;
}

/** Entries of one request, at most. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

/** All entries of one request together. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MAX_REQUEST_BYTES = 1_000_000;

/** Requests, and letters, that are on their way at the same time. */
const MAX_REQUESTS = 5;
const MAX_LETTERS = 10;

/** One copy of an event in a request. */
export interface PlannedCopy {
  readonly work: RelayWork;
  readonly copy: BusEvent;
}

/** What is done at the same time: requests to the bus, and letters. */
export interface Wave {
  readonly requests: ReadonlyArray<readonly PlannedCopy[]>;
  readonly letters: readonly RelayWork[];
}

/**
 * What can be done next of the works, which are in the order of their records: of each aggregate the first one only, so that no event
 * is on its way beside an earlier one that may fail. The copies of one event may be.
 */
export function planWave(works: readonly RelayWork[]): Wave {
  const firsts = firstOfEach(works);
  const requests: PlannedCopy[][] = [];
  let bytes = 0;
  for (const planned of firsts.flatMap((work) => work.copies.map((copy) => ({ work, copy })))) {
    const size = sizeOf(planned.copy);
    const last = requests.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_REQUEST_BYTES) {
      last.push(planned);
      bytes += size;
    } else if (requests.length < MAX_REQUESTS) {
      requests.push([planned]);
      bytes = size;
    } else break;
  }
  return { requests, letters: firsts.filter(({ copies }) => copies.length === 0).slice(0, MAX_LETTERS) };
}

function firstOfEach(works: readonly RelayWork[]): RelayWork[] {
  const seen = new Set<string>();
  return works.filter(({ aggregateId }) => !seen.has(aggregateId) && seen.add(aggregateId));
}

/** The size of an entry as EventBridge counts it: 14 bytes for its time, and what its texts have in UTF-8. */
export function sizeOf({ source, type, detail }: BusEvent): number {
  return 14 + Buffer.byteLength(source) + Buffer.byteLength(type) + Buffer.byteLength(detail);
}
