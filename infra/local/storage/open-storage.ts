/** The storage of the local cloud: one Level database that holds the tables and what the other rooms remember. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { create, type Database } from 'dynalite/db';
import { findDamage, isLevelFile } from './damage';
import type { KeyValueStore } from './key-value-store';
import { levelKeyValueStore } from './level-key-value-store';

/** The opened database, to be closed when all rooms are closed. */
export interface Storage {
  /** The database itself, for the tables. */
  readonly db: Database;
  /** The entries of one room. */
  keyValue(room: string): KeyValueStore;
  close(): Promise<void>;
}

/**
 * Opens the storage in `directory`, which is made if it does not exist; without `directory` in memory. With `fresh` what the
 * storage holds is forgotten first, also if it is damaged; other files in the directory stay.
 *
 * A write that was acknowledged survives the end of the process, also a kill -9, but not a power failure: it is with the
 * operating system then, not necessarily on the disk.
 *
 * @throws {Error} with one line for the user when the directory cannot be used. What it holds is then as it was.
 */
export async function openStorage(options: { directory?: string; fresh?: boolean } = {}): Promise<Storage> {
  const { directory, fresh = false } = options;
  const db = await (directory === undefined ? openDatabase() : openDirectory(directory, fresh));
  if (fresh) await db.clear();
  return { db, keyValue: (room) => levelKeyValueStore(db, room), close: () => db.close() };
}

async function openDirectory(directory: string, fresh: boolean): Promise<Database> {
  try {
    await mkdir(directory, { recursive: true });
    return await openDatabase(directory).catch(async (error: unknown) => {
      if (!fresh || reasonOf(error).code !== 'LEVEL_CORRUPTION') throw error;
      for (const name of await readdir(directory)) if (isLevelFile(name)) await rm(join(directory, name));
      return openDatabase(directory);
    });
  } catch (error) {
    throw new Error(`data directory ${directory} cannot be opened: ${explain(error)}`, { cause: error });
  }
}

async function openDatabase(path?: string): Promise<Database> {
  const damage = path && (await findDamage(path));
  if (damage) throw Object.assign(new Error(damage), { code: 'LEVEL_CORRUPTION' });
  const { db } = create({ path });
  await db.open();
  return db;
}

function explain(error: unknown): string {
  const other = 'choose another directory with --data';
  const { code, message } = reasonOf(error);
  if (code === 'LEVEL_LOCKED') return `already in use by another process; end that one, or ${other}`;
  if (code !== 'LEVEL_CORRUPTION') return `${message}; ${other}`;
  return `it is damaged (${message}); start with --fresh to begin anew, or ${other}`;
}

/** Level wraps the reason into an error that says only that the database did not open. */
function reasonOf(error: unknown): { code?: unknown; message?: unknown } {
  return (error as { cause?: object }).cause ?? (error as object);
}
