/** The storage of the local cloud: one Level database that holds the tables and what the other rooms remember. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { create, type DynaliteStore } from 'dynalite/db';
import { findDamage, isLevelFile } from './damage';
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
  const dynalite = await (directory === undefined ? openDatabase() : openDirectory(directory, fresh));
  if (fresh) await dynalite.db.clear();
  return {
    dynalite,
    keyValue: (room) => new LevelKeyValueStore(dynalite.db, room),
    close: () => dynalite.db.close(),
  };
}

async function openDirectory(directory: string, fresh: boolean): Promise<DynaliteStore> {
  try {
    await mkdir(directory, { recursive: true });
    return await openUndamaged(directory).catch(async (error: unknown) => {
      if (!fresh || codeOf(error) !== 'LEVEL_CORRUPTION') throw error;
      for (const name of await readdir(directory)) if (isLevelFile(name)) await rm(join(directory, name));
      return openDatabase(directory);
    });
  } catch (error) {
    throw new Error(`data directory ${directory} cannot be opened: ${explain(error)}`, { cause: error });
  }
}

async function openUndamaged(directory: string): Promise<DynaliteStore> {
  const damage = await findDamage(directory);
  if (damage !== undefined) throw Object.assign(new Error(damage), { code: 'LEVEL_CORRUPTION' });
  return openDatabase(directory);
}

async function openDatabase(path?: string): Promise<DynaliteStore> {
  const dynalite = create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await dynalite.db.open();
  return dynalite;
}

function explain(error: unknown): string {
  const other = 'choose another directory with --data';
  if (codeOf(error) === 'LEVEL_LOCKED') return `already in use by another process; end that one, or ${other}`;
  const message = messageOf(causeOf(error));
  if (codeOf(error) !== 'LEVEL_CORRUPTION') return `${message}; ${other}`;
  return `it is damaged (${message}); start with --fresh to begin anew, or ${other}`;
}

/**
 * Level wraps the reason into an error that says only that the database did not open. Neither is taken for an Error by its
 * class: the one of the native code may be of another realm.
 */
function causeOf(error: unknown): unknown {
  return (error as { cause?: unknown }).cause ?? error;
}

function codeOf(error: unknown): unknown {
  return (causeOf(error) as { code?: unknown }).code;
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown }).message ?? error);
}
