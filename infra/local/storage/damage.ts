import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What is wrong with the files of a Level database, undefined when nothing is found. It is not opened and not changed.
 *
 * Level itself goes on without the records that it cannot read, and so makes their loss final. The last record may be cut
 * off: its writer was killed, and nobody was told that it is written.
 *
 * @see https://github.com/google/leveldb/blob/main/doc/log_format.md
 */
export async function findDamage(directory: string): Promise<string | undefined> {
  const names = await readdir(directory);
  const holdsEntries = names.some((name) => /^MANIFEST-|\.(ldb|sst|log)$/.test(name));
  if (!names.includes('CURRENT')) return holdsEntries ? 'the file CURRENT is missing' : undefined;
  const manifest = (await readFile(join(directory, 'CURRENT'), 'utf8')).trimEnd();
  if (!names.includes(manifest)) return 'the file CURRENT names a file that does not exist';
  for (const name of [manifest, ...names.filter((it) => it.endsWith('.log'))]) {
    // A database in use deletes files at any time; whether it is in use is found out when it is opened.
    const bytes = await readFile(join(directory, name)).catch(() => Buffer.alloc(0));
    if (!isWhole(bytes)) return `the file ${name} is not as it was written`;
  }
  return undefined;
}

/** Whether a path names a file that Level made: all else in the directory is somebody's own. */
export function isLevelFile(name: string): boolean {
  return /^(CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/.test(name);
}

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;

/** A log is a row of blocks with records: checksum (4 bytes), length (2), type (1), content. */
function isWhole(bytes: Buffer): boolean {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    const length = left < HEADER_BYTES ? 0 : bytes.readUInt16LE(at + 4);
    const end = at + HEADER_BYTES + length;
    if (left >= HEADER_BYTES && (length > 0 || bytes[at + 6] !== 0)) {
      if (end > bytes.length) return true;
      if (checksum(bytes.subarray(at + 6, end)) !== bytes.readUInt32LE(at)) return false;
      at = end;
    } else {
      at += left;
    }
  }
  return true;
}

const CRC32C = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C, turned and shifted as Level does it. */
function checksum(content: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of content) crc = (CRC32C[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
