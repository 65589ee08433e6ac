import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';

/** A store that keeps JSON in memory, and answers later than at once, so that overlapping changes would show. */
export function createMemoryStore(): KeyValueStore {
  const entries = new Map<string, string>();
  const parse = <T>(text: string | undefined): T | undefined => (text === undefined ? undefined : JSON.parse(text));
  return {
    get: async <T>(key: string) => parse<T>(entries.get(key)),
    list: async <T>(prefix: string) =>
      [...entries.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map((key) => ({ key, value: parse<T>(entries.get(key))! })),
    write: async (changes) => {
      for (const { key, value } of changes) {
        if (value === undefined) entries.delete(key);
        else entries.set(key, JSON.stringify(value));
      }
    },
  };
}
