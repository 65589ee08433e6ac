import type { Forgery } from '../fates';

/** What stands in everything that is forged, and in nothing else. */
const MARK = 'forged-';

/** Deeper than any parser of ours goes by itself. */
const DEPTH = 5_000;

/** Nearly as much as a queue and the bus take. */
const HUGE_BYTES = 900_000;

/** Something that was forged in a simulation. */
export interface Forged {
  readonly mark: string;
  readonly as: Forgery;
  /** Whether a consumer has to put it to the dead letters. What has a type that nobody knows is passed over. */
  readonly isPoison: boolean;
}

/** What was forged so far. */
export interface Forgeries {
  readonly all: readonly Forged[];
  /** An event as its consumer gets it, as text; `like` is a true one. */
  event(as: Forgery, like: string): string;
  /** A record of a table's stream with such an event in its outbox; `like` is a true one. */
  record(as: Forgery, like: StreamRecordLike): StreamRecordLike;
}

/** The members of a stream record that are forged. */
export interface StreamRecordLike {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
  };
}

/** Whether a text is of something forged. */
export function isForged(text: string): boolean {
  return text.includes(MARK);
}

type Wire = Record<string, unknown>;

/** Opens the record of what is forged. */
export function openForgeries(): Forgeries {
  const all: Forged[] = [];
  const note = (as: Forgery, isPoison: boolean) => {
    const mark = `${MARK}${all.length}`;
    all.push({ mark, as, isPoison });
    return mark;
  };
  return {
    all,
    event: (as, like) => forgedEvent(as, note(as, as !== 'type'), like),
    record: (as, like) => forgedRecord(as, note(as, true), like),
  };
}

function forgedEvent(as: Forgery, mark: string, like: string): string {
  if (as === 'no-json') return `{"detail-type": ${mark}`;
  const event = JSON.parse(like) as Wire & { source: string; detail: { metadata: Wire; data: Wire } };
  const { metadata, data } = event.detail;
  const version = as === 'version' ? 99 : as === 'negative' ? -1 : metadata.version;
  const own = {
    id: `${event.source}/${mark}/1`,
    aggregateId: mark,
    correlationId: mark,
    causationId: mark,
    sequence: 1,
  };
  const text = JSON.stringify({
    ...event,
    id: mark,
    ...(as === 'type' && { 'detail-type': 'order.exploded' }),
    detail: {
      metadata: { ...metadata, ...own, version, versions: [version] },
      data: brokenData(as, data),
    },
  });
  // Put in as text: to write it, the stack of the simulation would have to be as deep.
  return text.replace(`"${DEEP}"`, '['.repeat(DEPTH) + ']'.repeat(DEPTH));
}

const DEEP = 'something deep';

/** The data, broken unless something else is wrong with the event. */
function brokenData(as: Forgery, data: Wire): unknown {
  switch (as) {
    case 'no-data':
      return {};
    case 'wrong-type':
      return Object.fromEntries(Object.keys(data).map((name) => [name, 7]));
    case 'unicode':
      return Object.fromEntries(Object.entries(data).map(([name, value]) => [`\u202e${name}`, value]));
    case 'deep':
      return DEEP;
    case 'huge':
      return { text: 'x'.repeat(HUGE_BYTES) };
    default:
      return data;
  }
}

/** In front of all true ones, and of an item that is not there. */
function forgedRecord(as: Forgery, mark: string, like: StreamRecordLike): StreamRecordLike {
  const { Keys, NewImage } = like.dynamodb;
  const keys = Object.fromEntries(Object.keys(Keys).map((name) => [name, { S: mark }]));
  return {
    ...like,
    dynamodb: {
      SequenceNumber: `000000000000000000000`,
      Keys: keys,
      NewImage: { ...keys, _outSeq: { N: '1' }, _out: brokenOutbox(as, NewImage?._out as Outbox | undefined) },
    },
  };
}

interface Outbox {
  readonly L: ReadonlyArray<{ readonly M: Wire }>;
}

function brokenOutbox(as: Forgery, outbox: Outbox | undefined): unknown {
  const entry = outbox?.L[0]?.M ?? {};
  const only = (members: Wire) => ({ L: [{ M: { ...entry, ...members } }] });
  switch (as) {
    case 'no-json':
      return { S: 'no list' };
    case 'wrong-type':
      return { L: [{ N: '7' }] };
    case 'no-data':
      return only({ data: { M: {} } });
    case 'unicode':
      return only({ type: { S: '\u202e\u0000𝕏' } });
    case 'type':
      return only({ type: { S: 'order.exploded' } });
    case 'version':
      return only({ version: { N: '99' } });
    case 'negative':
      return only({ version: { N: '-1' } });
    case 'huge':
      return only({ data: { M: { text: { S: 'x'.repeat(HUGE_BYTES / 3) } } } });
    case 'deep':
      return only({ data: { L: [] } });
  }
}
