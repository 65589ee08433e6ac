import { LEASE_MS, openLease } from '../../../lib/idempotency/dynamodb-lease';
import { identityOfEvent } from '../../../lib/idempotency/identity';
import { KEPT_SECONDS } from '../../../lib/idempotency/record';
import type { Table } from '../../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../../support/room-table';

const CONTRACT = { partitionKey: 'id', timeToLive: 'expiresAtSeconds' } as const;
const START_MS = Date.UTC(2026, 0, 1);
const IDENTITY = { ...identityOfEvent('test', 'e1'), fingerprint: 'a' };
const OTHER_BODY = { ...IDENTITY, fingerprint: 'b' };

describe('an effect outside under a lease', () => {
  let room: RoomTable;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = START_MS;
    room = await openRoomTable();
  });
  afterEach(() => room.close());

  const lease = (table: Table = room.table) => openLease(table, CONTRACT, { clock: { now: () => nowMs } });
  /** An effect that goes on until it is told how it ends. */
  function anEffect<Result>() {
    let end: { resolve: (result: Result) => void; reject: (error: Error) => void } | undefined;
    let begun: () => void = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const run = () => {
      begun();
      return new Promise<Result>((resolve, reject) => {
        end = { resolve, reject };
      });
    };
    return {
      run,
      hasBegun,
      succeed: (result: Result) => end?.resolve(result),
      fail: (message: string) => end?.reject(new Error(message)),
    };
  }
  const answering = (result: string) => jest.fn(async () => result);

  it('is made once, and a repeat gets its answer', async () => {
    const effect = answering('first');

    expect(await lease()(IDENTITY, effect)).toEqual({ result: 'first', replayed: false });
    expect(await lease()(IDENTITY, effect)).toEqual({ result: 'first', replayed: true });
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('may come to nothing, which is remembered as well', async () => {
    const effect = jest.fn(async () => undefined);
    await lease()(IDENTITY, effect);

    expect(await lease()(IDENTITY, effect)).toEqual({ result: undefined, replayed: true });
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('keeps others away while its worker is at it, and says when to come again', async () => {
    const first = anEffect<string>();
    const running = lease()(IDENTITY, first.run);
    await first.hasBegun;
    nowMs += 10_500;

    await expect(lease()(IDENTITY, answering('second'))).rejects.toMatchObject({
      code: 'REQUEST_IN_PROGRESS',
      status: 409,
      retryable: true,
      retryAfterSeconds: 20,
    });
    first.succeed('first');
    expect(await running).toEqual({ result: 'first', replayed: false });
  });

  it.each(['is running', 'is done', 'has lost its worker'])(
    'is refused to another body when the first %s',
    async (how) => {
      const first = anEffect<string>();
      const running = lease()(IDENTITY, first.run);
      await first.hasBegun;
      if (how === 'is done') {
        first.succeed('first');
        await running;
      }
      if (how === 'has lost its worker') nowMs += LEASE_MS;

      await expect(lease()(OTHER_BODY, answering('other'))).rejects.toMatchObject({ status: 422 });
    },
  );

  it('is free again when the lease of a dead worker is over, and not before', async () => {
    const dead = anEffect<string>();
    void lease()(IDENTITY, dead.run);
    await dead.hasBegun;

    nowMs += LEASE_MS - 1;
    await expect(lease()(IDENTITY, answering('too early'))).rejects.toMatchObject({ retryAfterSeconds: 1 });
    nowMs += 1;
    expect(await lease()(IDENTITY, answering('second'))).toEqual({ result: 'second', replayed: false });
  });

  it('is free at once after an error, which is not remembered', async () => {
    const failing = async () => {
      throw new Error('the party is down');
    };

    await expect(lease()(IDENTITY, failing)).rejects.toThrow('the party is down');
    expect(await lease()(OTHER_BODY, answering('second'))).toEqual({ result: 'second', replayed: false });
  });

  it('is free at once after an answer that is not to be kept', async () => {
    const isKept = (result: string) => result !== 'try later';

    expect(await lease()(IDENTITY, answering('try later'), isKept)).toEqual({ result: 'try later', replayed: false });
    expect(await lease()(IDENTITY, answering('done'), isKept)).toEqual({ result: 'done', replayed: false });
  });

  describe('whose worker was too slow', () => {
    let slow: ReturnType<typeof anEffect<string>>;
    let ofSlow: Promise<unknown>;
    beforeEach(async () => {
      slow = anEffect();
      ofSlow = lease()(IDENTITY, slow.run);
      await slow.hasBegun;
      nowMs += LEASE_MS;
    });

    it('gets the answer of the one who took its place', async () => {
      await lease()(IDENTITY, answering('second'));

      slow.succeed('first');

      expect(await ofSlow).toEqual({ result: 'second', replayed: true });
      expect(await lease()(IDENTITY, answering('third'))).toEqual({ result: 'second', replayed: true });
    });

    it('does not end the lease of the one who took its place', async () => {
      const second = anEffect<string>();
      const ofSecond = lease()(IDENTITY, second.run);
      await second.hasBegun;

      slow.succeed('first');
      await expect(ofSlow).rejects.toMatchObject({ code: 'REQUEST_IN_PROGRESS' });

      await expect(lease()(IDENTITY, answering('third'))).rejects.toMatchObject({ code: 'REQUEST_IN_PROGRESS' });
      second.succeed('second');
      expect(await ofSecond).toEqual({ result: 'second', replayed: false });
    });

    it('does not free the key of the one who took its place', async () => {
      const second = anEffect<string>();
      void lease()(IDENTITY, second.run);
      await second.hasBegun;

      slow.fail('the party is down');
      await expect(ofSlow).rejects.toThrow('the party is down');

      await expect(lease()(IDENTITY, answering('third'))).rejects.toMatchObject({ code: 'REQUEST_IN_PROGRESS' });
    });

    it('is to come again when the one who took its place has failed', async () => {
      const failing = async () => {
        throw new Error('the party is down');
      };
      await lease()(IDENTITY, failing).catch(() => undefined);

      slow.succeed('first');

      await expect(ofSlow).rejects.toMatchObject({ code: 'REQUEST_IN_PROGRESS', retryAfterSeconds: 1 });
    });
  });

  it('is remembered for a day after its end, whether the record has been deleted or not', async () => {
    await lease()(IDENTITY, answering('first'));

    nowMs += KEPT_SECONDS * 1000 - 1;
    expect(await lease()(IDENTITY, answering('second'))).toMatchObject({ result: 'first' });
    nowMs += 1;
    expect(await lease()(OTHER_BODY, answering('second'))).toEqual({ result: 'second', replayed: false });
  });

  it('knows its own writes when the SDK has repeated them after a lost reply', async () => {
    const twice = room.tableOf(async (call) => {
      await call();
      return call();
    });

    expect(await lease(twice)(IDENTITY, answering('first'))).toEqual({ result: 'first', replayed: false });
    expect(await lease()(IDENTITY, answering('second'))).toEqual({ result: 'first', replayed: true });
  });

  it('hands on the error of the effect when the key cannot be freed', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    let calls = 0;
    const breaking = room.tableOf((call) => {
      calls += 1;
      return calls === 1 ? call() : Promise.reject(new Error('no connection'));
    });
    const failing = async () => {
      throw new Error('the party is down');
    };

    await expect(lease(breaking)(IDENTITY, failing)).rejects.toThrow('the party is down');
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});
