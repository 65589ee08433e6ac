/** Where faults strike. The numbers are those of the table in the documents. */
export const POINTS = {
  1: 'API to workflow',
  2: 'workflow to Lambda',
  3: 'Lambda to DynamoDB',
  4: 'Lambda to provider or carrier',
  5: 'stream to bus',
  6: 'bus to queue or Lambda',
  7: 'queue to Lambda',
  8: 'the same edges while undoing',
  9: 'the same edges while repairing',
} as const;
export type Point = keyof typeof POINTS;

/** Why a cell is not tried yet; `undefined` for those that are. `matrix.test.ts` shows that this is still so. */
export function findReasonNotToTry(faultClass: FaultClassName, point: Point): string | undefined {
  if (faultClass === 'F14' && point === 2)
    return 'what a step or a query between services reads is strongly consistent, but for circuits, which are at the point 3';
  return undefined;
}

interface FaultClass {
  readonly title: string;
  /** What the system has to do about it. */
  readonly expected: string;
  /** The points at which it must be tried. */
  readonly points: readonly Point[];
}

/** Kinds of faults, and the points at which each can occur. */
export const FAULT_CLASSES = {
  F1: {
    title: 'fails before it takes effect',
    expected: 'retried with full jitter, or undone',
    points: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  },
  F2: {
    title: 'takes effect, and the answer is lost',
    expected: 'the same result on a retry; never undone on a guess',
    points: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  },
  F3: {
    title: 'is given up, and takes effect after the undo',
    expected: 'the mark of the undo refuses the late step; the party has blocked the reference',
    points: [2, 3, 4, 8],
  },
  F4: {
    title: 'is undone without having been done',
    expected: 'leaves a mark and succeeds',
    points: [2, 4, 8, 9],
  },
  F5: { title: 'is delivered or started twice', expected: 'no second effect', points: [1, 2, 4, 5, 6, 7, 8, 9] },
  F6: {
    title: 'arrives minutes late and in another order',
    expected: 'what is stale is refused',
    points: [4, 5, 6, 7],
  },
  F7: {
    title: 'is throttled',
    expected: 'backs off, and loses nothing',
    points: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  },
  F8: {
    title: 'loses a conditional write or a transaction to another writer',
    expected: 'a business refusal and a passing conflict are told apart',
    points: [3, 8],
  },
  F9: {
    title: 'arrives broken',
    expected: 'is refused and not tried again; others go on',
    points: [2, 5, 6, 7],
  },
  F10: { title: 'fails for a part of a batch', expected: 'only what failed comes again', points: [5, 7] },
  F11: {
    title: 'dies between two writes',
    expected: 'a retry or a repair completes it',
    points: [2, 3, 4, 5, 7, 8, 9],
  },
  F12: {
    title: 'is down for ten minutes',
    expected: 'orders fail fast or wait, and recover',
    points: [2, 4, 8],
  },
  F13: {
    title: 'comes again after every idempotency window has ended',
    expected: 'the own record decides, not the token',
    points: [3, 4, 7, 8, 9],
  },
  F14: { title: 'reads what is stale', expected: 'conditions protect the writes', points: [2, 3, 9] },
  F15: {
    title: 'has a clock that is wrong by up to 30 s',
    expected: 'expiry is compared in a condition, with room for the difference',
    points: [2, 3, 9],
  },
  F16: {
    title: 'the execution dies half-way, or there are two of one order',
    expected: 'the sweeper repairs it; two of them end alike',
    points: [1, 2, 8, 9],
  },
  F17: {
    title: 'the party answers 500 though it has done it',
    expected: 'is looked up by its reference',
    points: [4, 6, 7, 8],
  },
  F18: {
    title: 'hostile input: 10 MB, deep JSON, negative quantity, odd ids',
    expected: '4xx, and no effect',
    points: [1, 2, 7],
  },
  F19: {
    title: 'is refused by the circuit to an outside party',
    expected: 'a step is repeated or given up, and leaves nothing; an undo waits, and is not parked',
    points: [4, 8, 9],
  },
} as const satisfies Record<string, FaultClass>;
export type FaultClassName = keyof typeof FAULT_CLASSES;
