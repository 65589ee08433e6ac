import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
      `data directory ${directory} cannot be opened: already in use by another process`,
    );

    await storage.close();
  });

  it('refuses a path that is a file, in one line', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');

    const error = await openStorage({ directory: file }).catch((reason: Error) => reason);

    expect(String(error)).toContain(`data directory ${file} cannot be made`);
    expect(String(error)).not.toContain('\n');
  });
});

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

  it('refuses a name that another room could begin with', async () => {
    const storage = await openStorage();

    expect(() => storage.keyValue('Queues~')).toThrow("lower-case letters, digits and hyphens, got 'Queues~'");
  });
});
