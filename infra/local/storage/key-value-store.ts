/**
 * What a room remembers beyond a restart: a sorted map from string keys to JSON values. Each room gets one of its own.
 *
 * A `write` is atomic: all of its puts and deletes are there afterwards, or none.
 */
export interface KeyValueStore {
  get<T>(key: string): Promise<T | undefined>;
  /** Every entry whose key begins with `prefix`, in the order of the keys' UTF-8 bytes. */
  list<T>(prefix: string): Promise<Array<{ key: string; value: T }>>;
  write(changes: ReadonlyArray<Change>): Promise<void>;
}

/** One entry to put (`value` given) or to delete (`value` absent). */
export type Change = { key: string; value: unknown } | { key: string; value?: undefined };
