import type { BatchOperation, Database } from 'dynalite/db';
import type { Change, KeyValueStore } from './key-value-store';

/**
 * The entries of one room, kept in the shared database under the room's own prefix.
 *
 * @throws {Error} when the room's name is not lower-case letters, digits and hyphens: another character could make the
 * prefix of one room the beginning of another's.
 */
export class LevelKeyValueStore implements KeyValueStore {
  private readonly prefix: string;

  constructor(
    private readonly db: Database,
    room: string,
  ) {
    if (!/^[a-z][a-z0-9-]*$/.test(room)) {
      throw new Error(`the name of a room must be lower-case letters, digits and hyphens, got '${room}'`);
    }
    this.prefix = `key-value-${room}~`;
  }

  async get<T>(key: string): Promise<T | undefined> {
    const entry = (await this.db.get(this.prefix + key)) as Entry<T> | undefined;
    return entry?.value;
  }

  async list<T>(prefix: string): Promise<Array<{ key: string; value: T }>> {
    const from = this.prefix + prefix;
    const entries: Array<{ key: string; value: T }> = [];
    // No upper bound: no string is greater than every key with a given beginning. The first foreign key ends the loop.
    for await (const [key, entry] of this.db.iterator({ gte: from })) {
      if (!key.startsWith(from)) break;
      entries.push({ key: key.slice(this.prefix.length), value: (entry as Entry<T>).value });
    }
    return entries;
  }

  async write(changes: ReadonlyArray<Change>): Promise<void> {
    await this.db.batch(changes.map((change) => this.toOperation(change)));
  }

  private toOperation({ key, value }: Change): BatchOperation {
    const fullKey = this.prefix + key;
    return value === undefined ? { type: 'del', key: fullKey } : { type: 'put', key: fullKey, value: { value } };
  }
}

/** Level refuses a bare null as a value, which is a JSON value like any other here. */
interface Entry<T> {
  value: T;
}
