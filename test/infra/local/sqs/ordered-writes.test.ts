import { OrderedWrites } from '../../../../infra/local/sqs/ordered-writes';
import type { Change, KeyValueStore } from '../../../../infra/local/storage/key-value-store';

describe('ordered writes', () => {
  /** A store whose writes end when the test says so. */
  function aSlowStore() {
    const batches: Array<{ changes: readonly Change[]; end(error?: Error): void }> = [];
    const write = (changes: readonly Change[]) =>
      new Promise<void>((resolve, reject) => {
        batches.push({ changes, end: (error) => (error ? reject(error) : resolve()) });
      });
    return { batches, store: { write } as KeyValueStore };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const put = (key: string) => [{ key, value: 1 }];

  test('go to the store one after the other, and those asked for meanwhile together', async () => {
    const { batches, store } = aSlowStore();
    const writes = new OrderedWrites(store);
    const done: string[] = [];
    for (const key of ['a', 'b', 'c']) {
      void writes.write(put(key)).then(() => done.push(key));
      if (key === 'a') await turn();
    }
    await turn();
    expect(batches.map(({ changes }) => changes)).toEqual([put('a')]);

    batches[0]?.end();
    await turn();
    expect(done).toEqual(['a']);
    void writes.write(put('d')).then(() => done.push('d'));
    batches[1]?.end();
    await turn();
    batches[2]?.end();
    await writes.done();

    expect(batches.map(({ changes }) => changes)).toEqual([put('a'), [...put('b'), ...put('c')], put('d')]);
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  test('go on after one that failed, which its askers hear of', async () => {
    const { batches, store } = aSlowStore();
    const writes = new OrderedWrites(store);
    const first = writes.write(put('a'));
    await turn();
    const second = writes.write(put('b'));

    batches[0]?.end(new Error('the disk is full'));

    await expect(first).rejects.toThrow('the disk is full');
    await turn();
    batches[1]?.end();
    await expect(second).resolves.toBeUndefined();
    await writes.done();
  });
});
