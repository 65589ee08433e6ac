/** The storage of the local cloud: one Level database that holds the tables and what the other rooms remember. */
import { mkdir } from 'node:fs/promises';
import { create, type DynaliteStore } from 'dynalite/db';
import type { KeyValueStore } from './key-value-store';
import { LevelKeyValueStore } from './level-key-value-store';

/** The opened database, to be closed when all rooms are closed. */
export interface Storage {
  /** The DynamoDB engine on top of the database. */
  readonly dynalite: DynaliteStore;
  /**
   * The entries of one room.
   *
   * @throws {Error} when the room's name is not lower-case letters, digits and hyphens.
   */
  keyValue(room: string): KeyValueStore;
  close(): Promise<void>;
}

/**
 * Opens the storage in `directory`, which is made if it does not exist; without `directory` in memory.
 *
 * A write that was acknowledged survives the end of the process, also a kill -9, but not a power failure: it is with the
 * operating system then, not necessarily on the disk.
 *
 * @throws {Error} with one line for the user when the directory cannot be used.
 */
export async function openStorage(options: { directory?: string } = {}): Promise<Storage> {
  const { directory } = options;
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true }).catch((error: unknown) => {
      throw new Error(`data directory ${directory} cannot be made: ${messageOf(error)}`, { cause: error });
    });
  }
  const dynalite = create({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await dynalite.db.open().catch((error: unknown) => {
    throw new Error(`data directory ${directory} cannot be opened: ${whyItCannotOpen(error)}`, { cause: error });
  });
  return {
    dynalite,
    keyValue: (room) => new LevelKeyValueStore(dynalite.db, room),
    close: () => dynalite.db.close(),
  };
}

/**
 * Level wraps the reason into an error that says only that the database did not open. Neither is taken for an Error by its
 * class: the one of the native code may be of another realm.
 */
function whyItCannotOpen(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code === 'LEVEL_LOCKED' ? 'already in use by another process' : messageOf(cause ?? error);
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown }).message ?? error);
}
