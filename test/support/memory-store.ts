import type { KeyValueStore } from '../../infra/local/storage/key-value-store';

/** A store in memory. It keeps JSON text, as the real one does, and counts the writes. */
export function memoryStore(): KeyValueStore & { readonly writes: number } {
  const texts = new Map<string, string>();
  let writes = 0;
  return {
    get writes() {
      return writes;
    },
    async get<T>(key: string) {
      const text = texts.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    async list<T>(prefix: string) {
      return [...texts]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(([key, text]) => ({ key, value: JSON.parse(text) as T }));
    },
    async write(changes) {
      writes += 1;
      for (const { key, value } of changes) {
        if (value === undefined) texts.delete(key);
        else texts.set(key, JSON.stringify(value));
      }
    },
  };
}
