/** Names one circuit: the service that calls, and what it calls. */
export interface CircuitKey {
  readonly service: string;
  readonly circuit: string;
}

/** What an attribute of a circuit's item may hold. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

/** The attributes of a circuit's item, its key left out, as they are stored: nothing is known of them yet. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** What one attribute must be for a write to be made. Alternatives are joined by "or". */
export interface WriteCondition {
  readonly attribute: string;
  /** Also holds where the attribute, or the whole item, is missing. */
  readonly orMissing?: true;
  /** `missing`: holds only there. The others compare with `value`, of the same type. */
  readonly is: 'missing' | '=' | '<' | '<=';
  readonly value?: string | number;
}

/** One conditional write of an item: all of it or nothing. It makes the item where there is none and `when` allows it. */
export interface ItemUpdate {
  readonly set?: Readonly<Record<string, AttributeValue>>;
  /** Numbers to add; a missing attribute counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  /** All must hold. */
  readonly when: readonly WriteCondition[];
}

/** What a write came to: the item after it, or the item that stood in the way; `undefined` where there is none. */
export type WriteOutcome =
  | { readonly applied: true; readonly item: StoredItem }
  | { readonly applied: false; readonly item: StoredItem | undefined };

/**
 * Where circuits are kept. It decides nothing: what is written, and on which condition, is said by its caller.
 *
 * Both operations reject when the store is down, slow beyond its own limit, throttled or denied. One attempt each: the caller
 * knows what a lost write means, and repeats nothing at once.
 */
export interface CircuitStore {
  /** Every circuit of a service, by name; may be a moment old. */
  load(service: string): Promise<ReadonlyMap<string, StoredItem>>;
  write(key: CircuitKey, update: ItemUpdate): Promise<WriteOutcome>;
}
