import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStorage } from '../../../../infra/local/storage/open-storage';

describe('storage', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'storage-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('keeps what a room wrote beyond a restart', async () => {
    const before = await openStorage({ directory: join(directory, 'new', 'data') });
    await before.keyValue('queues').write([{ key: 'a', value: { count: 1 } }]);
    await before.close();

    const after = await openStorage({ directory: join(directory, 'new', 'data') });
    const value = await after.keyValue('queues').get('a');
    await after.close();

    expect(value).toEqual({ count: 1 });
  });

  it('refuses a directory that is in use', async () => {
    const storage = await openStorage({ directory });

    await expect(openStorage({ directory })).rejects.toThrow(
      `data directory ${directory} cannot be opened: already in use by another process; end that one, or choose another directory with --data`,
    );

    await storage.close();
  });

  it('refuses a path that is a file, and leaves the file', async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'mine');

    const error = await refusalOf({ directory: file, fresh: true });

    expect(error).toMatch(/^data directory .*file cannot be opened: EEXIST.*; choose another directory with --data$/);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('refuses a directory without permission', async () => {
    await chmod(directory, 0o500);
    const isRoot = process.getuid?.() === 0;
    // Root may do everything: for the moment of the test it is nobody.
    if (isRoot) process.seteuid?.(65534);

    const error = await refusalOf({ directory: join(directory, 'data') }).finally(() => isRoot && process.seteuid?.(0));

    expect(error).toMatch(/^data directory .*data cannot be opened: EACCES.*; choose another directory with --data$/);
  });

  it('begins anew when it is to be fresh', async () => {
    const before = await openStorage({ directory });
    await before.keyValue('queues').write([{ key: 'a', value: 1 }]);
    await before.close();

    const after = await openStorage({ directory, fresh: true });
    const left = await after.keyValue('queues').list('');
    await after.close();

    expect(left).toEqual([]);
  });

  it('is in memory without a directory, and fresh anyway', async () => {
    const storage = await openStorage({ fresh: true });

    expect(await storage.keyValue('queues').list('')).toEqual([]);
  });
});

describe('a damaged directory', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'storage-'));
    // Opened three times: the database has a table file, a log and an older beginning.
    for (let round = 0; round < 3; round += 1) {
      const storage = await openStorage({ directory });
      for (let n = 0; n < 100; n += 1)
        await storage.keyValue('queues').write([{ key: `${round}-${n}`, value: 'x'.repeat(500) }]);
      await storage.close();
    }
    await writeFile(join(directory, 'notes.txt'), 'mine');
  });

  afterEach(() => rm(directory, { recursive: true }));

  it.each<[string, RegExp, (bytes: Buffer) => Buffer | undefined]>([
    ['a manifest of garbage', /^MANIFEST/, (bytes) => bytes.fill(0xaa)],
    ['a manifest with one other byte', /^MANIFEST/, (bytes) => flip(bytes, 20)],
    ['a pointer that names nothing', /^CURRENT$/, () => Buffer.from('MANIFEST-999999\n')],
    ['a pointer of garbage', /^CURRENT$/, (bytes) => bytes.fill(0xaa)],
    ['no pointer', /^CURRENT$/, () => undefined],
    ['a log of garbage', /\.log$/, (bytes) => bytes.fill(0xaa)],
    ['a log with one other byte in its midst', /\.log$/, (bytes) => flip(bytes, bytes.length >> 1)],
    ['a log with one other byte in its second block', /\.log$/, (bytes) => flip(bytes, 32 * 1024 + 100)],
    ['no table file', /\.ldb$/, () => undefined],
  ])('with %s is refused, stays as it is, and can be begun anew', async (_, name, damage) => {
    const path = join(directory, (await readdir(directory)).find((it) => name.test(it)) ?? '');
    const bytes = damage(await readFile(path));
    await (bytes ? writeFile(path, bytes) : rm(path));
    const before = await contentOf(directory);

    const error = await refusalOf({ directory });
    const after = await contentOf(directory);
    const fresh = await openStorage({ directory, fresh: true });
    const left = await fresh.keyValue('queues').list('');
    await fresh.close();

    expect(error).toMatch(
      /^data directory .* cannot be opened: it is damaged \(.*\); start with --fresh to begin anew, or choose another directory with --data$/,
    );
    expect(after).toEqual(before);
    expect(left).toEqual([]);
    expect(await readFile(join(directory, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('is none when the last record of the log is cut off', async () => {
    const path = join(directory, (await readdir(directory)).find((it) => it.endsWith('.log')) ?? '');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 20));

    const storage = await openStorage({ directory });
    const kept = await storage.keyValue('queues').list('');
    await storage.close();

    expect(kept).toHaveLength(299);
  });

  it('is not begun anew while another process uses it', async () => {
    const storage = await openStorage({ directory });

    const error = await refusalOf({ directory, fresh: true });
    const kept = await storage.keyValue('queues').list('');
    await storage.close();

    expect(error).toContain('already in use by another process');
    expect(kept).toHaveLength(300);
  });
});

async function refusalOf(options: { directory: string; fresh?: boolean }): Promise<string> {
  const message = await openStorage(options).then(
    () => 'it was opened',
    (error: Error) => error.message,
  );
  expect(message).not.toContain('\n');
  return message;
}

/** Without what Level notes of each attempt to open, for people. */
async function contentOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => !/^(LOG|LOG\.old|LOCK)$/.test(name));
  const contents = names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')]);
  return Object.fromEntries(await Promise.all(contents));
}

function flip(bytes: Buffer, position: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
  return bytes;
}

describe('the key-value store of a room', () => {
  it('lists the entries under a prefix in the order of their UTF-8 bytes', async () => {
    const storage = await openStorage();
    const store = storage.keyValue('queues');
    await store.write(['m/b', 'm/\u{1F600}', 'm/é', 'n', 'm/\uFFFD', 'm'].map((key) => ({ key, value: key })));

    const listed = await store.list<string>('m/');

    expect(listed.map((entry) => entry.key)).toEqual(['m/b', 'm/é', 'm/\uFFFD', 'm/\u{1F600}']);
  });

  it('does not see the entries of another room', async () => {
    const storage = await openStorage();
    await storage.keyValue('queues-b').write([{ key: 'a', value: 1 }]);

    expect(await storage.keyValue('queues').list('')).toEqual([]);
    expect(await storage.keyValue('queues').get('a')).toBeUndefined();
  });

  it('puts and deletes in one write, also the value null', async () => {
    const storage = await openStorage();
    const store = storage.keyValue('queues');
    await store.write([{ key: 'gone', value: 1 }]);

    await store.write([{ key: 'gone' }, { key: 'empty', value: null }]);

    expect(await store.list('')).toEqual([{ key: 'empty', value: null }]);
  });

  it('writes nothing when a value of the write is no JSON', async () => {
    const storage = await openStorage();
    const store = storage.keyValue('queues');

    await expect(
      store.write([
        { key: 'a', value: 1 },
        { key: 'b', value: 1n },
      ]),
    ).rejects.toThrow();

    expect(await store.list('')).toEqual([]);
  });
});
