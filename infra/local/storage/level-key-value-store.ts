import type { Database } from 'dynalite/db';
import type { KeyValueStore } from './key-value-store';

/**
 * The entries of one room, kept in the shared database under the room's own prefix. The name of the room has no `~`, so that
 * no prefix is the beginning of another's.
 */
export function levelKeyValueStore(db: Database, room: string): KeyValueStore {
  const ofRoom = `key-value-${room}~`;
  return {
    get: async <T>(key: string) => ((await db.get(ofRoom + key)) as Entry<T> | undefined)?.value,
    list: async <T>(prefix: string) => {
      const entries: Array<{ key: string; value: T }> = [];
      // No upper bound: no string is greater than every key with a given beginning. The first foreign key ends the loop.
      for await (const [key, entry] of db.iterator({ gte: ofRoom + prefix })) {
        if (!key.startsWith(ofRoom + prefix)) break;
        entries.push({ key: key.slice(ofRoom.length), value: (entry as Entry<T>).value });
      }
      return entries;
    },
    write: (changes) =>
      db.batch(
        changes.map(({ key, value }) =>
          value === undefined
            ? { type: 'del', key: ofRoom + key }
            : { type: 'put', key: ofRoom + key, value: { value } satisfies Entry<unknown> },
        ),
      ),
  };
}

/** Level refuses a bare null as a value, which is a JSON value like any other here. */
interface Entry<T> {
  value: T;
}
