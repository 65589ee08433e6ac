import type { StreamSource } from '../../../../infra/local/lambda/stream-mapping';
import { aMapping, closeMappings, failing, NOON } from './a-mapping';
import { aRecord, aStream } from './a-stream';

describe('an event source mapping of a stream', () => {
  afterEach(closeMappings);

  test('hands records over in order, in batches of at most its size', async () => {
    const { write, clock, batches } = aMapping(undefined, { batchSize: 2 });

    write(1, 2, 3);
    await clock.advance(0);
    write(4);
    await clock.advance(0);

    expect(batches).toEqual([[1, 2], [3], [4]]);
  });

  test('goes on after its last handled batch when it is opened again', async () => {
    const first = aMapping();
    first.write(1, 2);
    await first.clock.advance(0);
    await first.mapping.close();
    first.write(3);

    const second = aMapping(undefined, {}, first);
    await second.clock.advance(0);

    expect(first.batches).toEqual([[1, 2]]);
    expect(second.batches).toEqual([[3]]);
  });

  test('drops what no filter lets pass, and does not read it again', async () => {
    const filters = ['{"eventName":["REMOVE"]}', '{"dynamodb":{"Keys":{"id":{"S":["item-3"]}}}}'];
    const first = aMapping(undefined, { filters });
    first.stream.write(aRecord(1, NOON), aRecord(2, NOON, 'REMOVE'), aRecord(3, NOON), aRecord(4, NOON));
    await first.clock.advance(0);
    await first.mapping.close();

    const second = aMapping(undefined, {}, first);
    await second.clock.advance(0);

    expect(first.batches).toEqual([[2, 3]]);
    expect(second.batches).toEqual([]);
  });

  test('notices what is written while it reads', async () => {
    const stream = aStream();
    let reads = 0;
    const read: StreamSource['read'] = async (after, limit) => {
      const records = await stream.read(after, limit);
      reads += 1;
      if (reads === 1) stream.write(aRecord(1, NOON));
      return records;
    };
    const { clock, batches } = aMapping(undefined, {}, { stream: { ...stream, read } });

    await clock.advance(0);

    expect(batches).toEqual([[1]]);
  });

  test('stops listening and retrying when it is closed', async () => {
    const { write, clock, batches, mapping, stream } = aMapping(failing(1));
    write(1);
    await clock.advance(0);

    await mapping.close();
    await clock.advance(60_000);
    write(2);
    await clock.advance(0);

    expect(batches).toEqual([[1]]);
    expect(stream.listenerCount()).toBe(0);
  });
});
