import { effectRecord } from '../../../lib/idempotency/dynamodb-outside-effect';
import type { OutsideEffect } from '../../../lib/idempotency/outside-effect';
import { findItem, type Table } from '../../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../../support/room-table';

type Status = 'INTENT' | 'DONE' | 'REFUSED' | 'CANCELLING' | 'UNDONE' | 'NEVER';

const EFFECT: OutsideEffect<Status> = {
  what: 'thing',
  step: 'DoThing',
  settled: 'DONE',
  refused: 'REFUSED',
  never: 'NEVER',
  finality: 'gone',
  edges: {
    INTENT: ['DONE', 'REFUSED', 'CANCELLING'],
    DONE: ['CANCELLING'],
    REFUSED: ['CANCELLING'],
    CANCELLING: ['UNDONE', 'DONE'],
    UNDONE: [],
    NEVER: [],
  },
};

describe('the record of an effect outside', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable();
  });
  afterEach(() => room.close());

  const record = (table: Table = room.table) =>
    effectRecord(table, {
      effect: EFFECT,
      key: { id: 'a' },
      terms: { owner: 'alice', cents: 1 },
      intent: { partyKey: 'key' },
      now: () => 0,
    });
  const row = () => findItem(room.table, { id: 'a' });
  const AT = '1970-01-01T00:00:00.000Z';

  /** Brings the record into a state by the operations that lead there. */
  const into: Readonly<Record<string, () => Promise<unknown>>> = {
    nothing: async () => undefined,
    INTENT: () => record().open(),
    DONE: async () => [await record().open(), await record().settle({ status: 'DONE' })],
    REFUSED: async () => [await record().open(), await record().settle({ status: 'REFUSED' })],
    CANCELLING: async () => [await record().open(), await record().beginUndo()],
    UNDONE: async () => [await into.CANCELLING?.(), await record().finishUndo({ status: 'UNDONE' })],
    NEVER: () => record().beginUndo(),
    'DONE for good': async () => [
      await into.CANCELLING?.(),
      await record().finishUndo({ status: 'DONE', set: { gone: true } }),
    ],
  };

  it.each([
    ['nothing', 'INTENT', 'DONE', 'NEVER'],
    ['INTENT', 'INTENT', 'DONE', 'CANCELLING'],
    ['DONE', 'DONE', 'DONE', 'CANCELLING'],
    ['REFUSED', 'REFUSED', 'REFUSED', 'CANCELLING'],
    ['CANCELLING', 'CANCELLING', 'CANCELLING', 'CANCELLING'],
    ['UNDONE', 'UNDONE', 'UNDONE', 'UNDONE'],
    ['NEVER', 'NEVER', 'NEVER', 'NEVER'],
    ['DONE for good', 'DONE', 'DONE', 'DONE'],
  ])('at %s is %s for a step, %s for its answer and %s for an undo', async (state, opened, settled, begun) => {
    const answers: unknown[] = [];
    for (const ask of [
      () => record().open(),
      async () => [await record().open(), await record().settle({ status: 'DONE' })][1],
      () => record().beginUndo(),
    ]) {
      await room.close();
      room = await openRoomTable();
      await into[state]?.();
      answers.push(await ask());
    }

    expect(answers).toEqual([opened, settled, begun]);
  });

  it('has its terms and the key that was passed on', async () => {
    await into.INTENT?.();

    expect(await row()).toEqual({
      id: 'a',
      owner: 'alice',
      cents: 1,
      status: 'INTENT',
      updatedAt: AT,
      partyKey: 'key',
    });
  });

  it('has its terms, and no key, when the undo came first', async () => {
    await into.NEVER?.();

    expect(await row()).toEqual({
      id: 'a',
      owner: 'alice',
      cents: 1,
      status: 'NEVER',
      cancelledFrom: 'INTENT',
      updatedAt: AT,
    });
  });

  it.each(['INTENT', 'DONE', 'REFUSED'])('keeps that the undo found it %s', async (state) => {
    await into[state]?.();
    await record().beginUndo();

    expect(await row()).toMatchObject({ status: 'CANCELLING', cancelledFrom: state });
  });

  it('takes the mark of an undo in one write, and goes on when a step comes in between', async () => {
    let calls = 0;
    const table = room.tableOf(async (call) => {
      calls += 1;
      // After the undo has seen that there is nothing.
      if (calls === 2) await record().open();
      return call();
    });

    expect(await record(table).beginUndo()).toBe('CANCELLING');
    expect(calls).toBe(3);
    expect(await row()).toMatchObject({ status: 'CANCELLING', partyKey: 'key' });
  });

  it('does not let a late answer to the step past an undo, though the undo may lead to the same state', async () => {
    await into.CANCELLING?.();

    expect(await record().settle({ status: 'DONE', set: { number: 1 } })).toBe('CANCELLING');
    expect(await row()).not.toHaveProperty('number');
  });

  it('sets what the answer brings', async () => {
    await into.INTENT?.();
    await record().settle({ status: 'DONE', set: { number: 1 } });

    expect(await row()).toMatchObject({ status: 'DONE', number: 1 });
  });

  it('emits with the answer, once, whatever is repeated', async () => {
    const entry = { type: 'thing.undone', version: 1, occurredAt: AT, correlationId: 'a', causationId: 'b', data: {} };
    const undone = { status: 'UNDONE', emit: [entry] } as const;
    await into.CANCELLING?.();

    await record().finishUndo(undone);
    await record().finishUndo(undone);

    expect(await row()).toMatchObject({ status: 'UNDONE', _out: [entry], _outSeq: 1 });
  });

  it('is finished by a repeat as by the first', async () => {
    await into.UNDONE?.();

    expect(await record().finishUndo({ status: 'UNDONE' })).toBe('UNDONE');
  });

  it.each([
    ['NEVER', 'the thing of a is NEVER and cannot become UNDONE'],
    ['INTENT', 'the thing of a is INTENT and cannot become UNDONE'],
    ['nothing', 'the thing of a is not there and cannot become UNDONE'],
  ])('fails loudly when an undo of %s is to be finished', async (state, message) => {
    await into[state]?.();

    await expect(record().finishUndo({ status: 'UNDONE' })).rejects.toThrow(message);
  });

  it('fails loudly when it has vanished before the answer', async () => {
    await expect(record().settle({ status: 'DONE' })).rejects.toThrow('the thing of a has vanished');
  });
});
