import {
  type Answered,
  doOutside,
  type EffectRecord,
  explainEffect,
  type OutsideEffect,
  undoOutside,
} from '../../../lib/idempotency/outside-effect';

type Status = 'INTENT' | 'DONE' | 'REFUSED' | 'CANCELLING' | 'UNDONE' | 'NEVER';

const EFFECT: OutsideEffect<Status> = {
  what: 'thing',
  step: 'DoThing',
  settled: 'DONE',
  refused: 'REFUSED',
  never: 'NEVER',
  edges: {
    INTENT: ['DONE', 'REFUSED', 'CANCELLING'],
    DONE: ['CANCELLING'],
    REFUSED: ['CANCELLING'],
    CANCELLING: ['UNDONE'],
    UNDONE: [],
    NEVER: [],
  },
};

/** A record that answers as it is told. */
function aRecord(answers: Partial<Record<keyof EffectRecord<Status>, Status>>): jest.Mocked<EffectRecord<Status>> {
  return {
    open: jest.fn(async () => answers.open ?? 'INTENT'),
    settle: jest.fn(async ({ status }: Answered<Status>) => answers.settle ?? status),
    beginUndo: jest.fn(async () => answers.beginUndo ?? 'CANCELLING'),
    finishUndo: jest.fn(async ({ status }: Answered<Status>) => answers.finishUndo ?? status),
  };
}

describe('a step that meets its effect', () => {
  it.each<[Status, string]>([
    ['INTENT', 'go on'],
    ['DONE', 'settled'],
    ['REFUSED', 'refused'],
    ['CANCELLING', 'undone'],
    ['UNDONE', 'undone'],
    ['NEVER', 'undone'],
  ])('as %s comes to: %s', (status, expected) => {
    expect(explainEffect(EFFECT, status)).toBe(expected);
  });
});

describe('a step outside', () => {
  it.each<[Status, string]>([
    ['DONE', 'settled'],
    ['REFUSED', 'refused'],
  ])('asks the party between its two writes, and comes to what it answers: %s', async (status, expected) => {
    const record = aRecord({});
    const ask = jest.fn(async () => {
      expect(record.open).toHaveBeenCalledTimes(1);
      expect(record.settle).not.toHaveBeenCalled();
      return { status, set: { number: 1 } };
    });

    expect(await doOutside(EFFECT, record, 'ord_1', ask)).toBe(expected);
    expect(record.settle).toHaveBeenCalledWith({ status, set: { number: 1 } });
  });

  it.each<Status>(['DONE', 'REFUSED', 'CANCELLING', 'UNDONE', 'NEVER'])(
    'does not ask the party when it finds %s',
    async (open) => {
      const ask = jest.fn();

      await doOutside(EFFECT, aRecord({ open }), 'ord_1', ask).catch(() => undefined);

      expect(ask).not.toHaveBeenCalled();
    },
  );

  it.each<[string, Parameters<typeof aRecord>[0], 'DONE' | 'undone']>([
    ['before it', { open: 'NEVER' }, 'DONE'],
    ['while the party was asked', { settle: 'CANCELLING' }, 'DONE'],
    ['as the party says', {}, 'undone'],
  ])('is undone when the undo came %s', async (_, answers, answer) => {
    const ask = async () => (answer === 'undone' ? answer : { status: answer });

    await expect(doOutside(EFFECT, aRecord(answers), 'ord_1', ask)).rejects.toMatchObject({
      name: 'StepUndoneError',
      message: 'DoThing of ord_1 has been undone and cannot be done any more',
    });
  });

  it('leaves the intent when the party does not say what it did', async () => {
    const record = aRecord({});
    const ask = () => Promise.reject(new Error('silence'));

    await expect(doOutside(EFFECT, record, 'ord_1', ask)).rejects.toThrow('silence');
    expect(record.settle).not.toHaveBeenCalled();
  });
});

describe('the undo of a step outside', () => {
  it('asks the party between its two writes', async () => {
    const record = aRecord({});
    const cancel = jest.fn(async () => ({ status: 'UNDONE' as const }));

    expect(await undoOutside(record, cancel)).toBe('UNDONE');
    expect(record.finishUndo).toHaveBeenCalledWith({ status: 'UNDONE' });
  });

  it.each<Status>(['NEVER', 'UNDONE', 'DONE'])('is over, and does not ask the party, at %s', async (beginUndo) => {
    const cancel = jest.fn();

    expect(await undoOutside(aRecord({ beginUndo }), cancel)).toBe(beginUndo);
    expect(cancel).not.toHaveBeenCalled();
  });
});
