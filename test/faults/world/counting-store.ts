import type { Change, KeyValueStore } from '../../../infra/local/storage/key-value-store';

/** What a room keeps, counted by kind, so that whether anything is under way is known at any time without asking the room. */
export interface CountingStore extends KeyValueStore {
  /** How many entries there are of a kind. */
  count(kind: string): number;
}

/**
 * A store in memory that lists entries in the order in which they were first put. Keys hold random ids: sorted by them, events of
 * one second would be replayed in another order each time.
 *
 * `kindOf`: asked when an entry is put; `undefined` is not counted.
 */
export function countingStore(kindOf: (key: string, value: unknown) => string | undefined): CountingStore {
  const entries = new Map<string, { readonly text: string; readonly kind: string | undefined }>();
  const counts = new Map<string, number>();
  const add = (kind: string | undefined, by: number) => {
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + by);
  };
  const apply = ({ key, value }: Change) => {
    add(entries.get(key)?.kind, -1);
    if (value === undefined) {
      entries.delete(key);
      return;
    }
    const kind = kindOf(key, value);
    entries.set(key, { text: JSON.stringify(value), kind });
    add(kind, 1);
  };
  return {
    count: (kind) => counts.get(kind) ?? 0,
    async get<T>(key: string) {
      const entry = entries.get(key);
      return entry && (JSON.parse(entry.text) as T);
    },
    async list<T>(prefix: string) {
      return [...entries]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { text }]) => ({ key, value: JSON.parse(text) as T }));
    },
    async write(changes) {
      for (const change of changes) apply(change);
    },
  };
}
