import { emit, listEmitted, MAX_DATA_BYTES, outboxOf, outboxUpdate } from '../../../lib/events/outbox';
import { inSpan } from '../../../lib/observability/tracing';
import { AT, anEntry, lampLit, lampSold } from './made-up-events';

const EMISSION = { correlationId: 'l-1', causationId: 'l-1/LightLamp', now: Date.parse(AT) };
const sold = (lampId: string) => emit(lampSold, { lampId, weight: { kilograms: 2 } }, EMISSION);

describe('an event that is emitted', () => {
  it('is written in the newest version, with what it is a part of and what brought it about', () => {
    expect(sold('l-1')).toEqual({
      type: 'lamp.sold',
      version: 3,
      occurredAt: AT,
      correlationId: 'l-1',
      causationId: 'l-1/LightLamp',
      data: { lampId: 'l-1', weight: { kilograms: 2 } },
    });
  });

  it('is in the trace of the span that emits it', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const { traceparent } = await inSpan('light', { parent }, async () => sold('l-1'));

    expect(traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });

  it('has nothing that its schema does not know', () => {
    const data = { lampId: 'l-1', watts: 7, owner: 'Alice' };

    expect(emit(lampLit, data, EMISSION).data).toEqual({ lampId: 'l-1', watts: 7 });
  });

  it('is refused before the write when its data break the schema', () => {
    expect(() => emit(lampLit, { lampId: 'l-1', watts: Number.NaN }, EMISSION)).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', message: expect.stringContaining('watts must be number') }),
    );
  });

  it.each([
    [{ ...EMISSION, correlationId: '' }, 'correlationId must be of length >=1'],
    [{ ...EMISSION, causationId: 'x'.repeat(1025) }, 'causationId must be of length <=1024'],
  ])('is refused before the write when the relay could not read it: %#', (emission, problem) => {
    expect(() => emit(lampLit, { lampId: 'l-1', watts: 7 }, emission)).toThrow(problem);
  });

  it('has at most 8 KB of data, counted in bytes of JSON', () => {
    const frame = JSON.stringify({ lampId: '', watts: 7 }).length;
    const light = (characters: number) =>
      emit(lampLit, { lampId: 'ä'.repeat(characters / 2) + 'x'.repeat(characters % 2), watts: 7 }, EMISSION);

    expect(light(MAX_DATA_BYTES - frame).type).toBe('lamp.lit');
    expect(() => light(MAX_DATA_BYTES - frame + 1)).toThrow(
      expect.objectContaining({
        code: 'EVENT_TOO_LARGE',
        message: 'the data of lamp.lit must have at most 8192 bytes as JSON, got 8193',
      }),
    );
  });
});

describe('the outbox of an item', () => {
  const { sequence: _, ...entry } = anEntry();

  it('begins at the number of its first events', () => {
    expect(outboxOf([entry, entry])).toEqual({ _out: [entry, entry], _outSeq: 2 });
  });

  it('is replaced by an update, which counts on from wherever it is', () => {
    expect(outboxUpdate([entry, entry])).toEqual({
      set: ['#_out = :_out', '#_outSeq = if_not_exists(#_outSeq, :_noEvents) + :_eventCount'],
      names: { '#_out': '_out', '#_outSeq': '_outSeq' },
      values: { ':_out': [entry, entry], ':_noEvents': 0, ':_eventCount': 2 },
    });
  });

  it('is left alone by an update that emits nothing', () => {
    expect(outboxUpdate([])).toEqual({ set: [], names: {}, values: {} });
  });

  it('has room for ten events of a write', () => {
    const ten = Array.from({ length: 10 }, () => entry);

    expect(outboxOf(ten)._outSeq).toBe(10);
    expect(() => outboxOf([...ten, entry])).toThrow('a write emits at most 10 events, got 11');
    expect(() => outboxUpdate([...ten, entry])).toThrow('a write emits at most 10 events, got 11');
  });
});

describe('the events that a write emitted', () => {
  const { sequence: _, ...entry } = anEntry();
  const out = (...types: string[]) => types.map((type) => ({ ...entry, type }));
  const image = (last: number, ...types: string[]) => ({ _outSeq: last, _out: out(...types) });

  it.each([
    ['a new item', undefined, image(2, 'a', 'b'), ['a 1', 'b 2']],
    ['a new item without any', undefined, {}, []],
    ['the first of an item', {}, image(1, 'a'), ['a 1']],
    ['further ones', image(3, 'z'), image(5, 'a', 'b'), ['a 4', 'b 5']],
    ['a write that emits none', image(5, 'a', 'b'), image(5, 'a', 'b'), []],
    ['a deletion', image(5, 'a', 'b'), undefined, []],
    ['two writes seen as one', image(3, 'z'), image(6, 'b'), ['b 6']],
    ['a write of which one was told before', image(4, 'z'), image(5, 'a', 'b'), ['b 5']],
    ['an older item put back over a later one', image(7, 'z'), image(2, 'a', 'b'), ['a 1', 'b 2']],
  ])('are those that the item did not have before: %s', (_case, before, after, expected) => {
    const emitted = listEmitted(before, after);

    expect(emitted.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual(expected);
  });

  it.each([
    [{ _outSeq: 'x', _out: [entry] }, '_outSeq must be a whole number'],
    [{ _outSeq: 1.5, _out: [entry] }, '_outSeq must be a whole number'],
    [{ _outSeq: -1, _out: [entry] }, '_outSeq must be a whole number'],
    [{ _outSeq: 1 }, '_out must be a list of 1 to 1 events'],
    [{ _outSeq: 1, _out: [] }, '_out must be a list of 1 to 1 events'],
    [{ _outSeq: 1, _out: [entry, entry] }, '_out must be a list of 1 to 1 events'],
    [{ _outSeq: 1, _out: ['Alice'] }, 'an entry is not valid: entry must be Object'],
    [{ _outSeq: 1, _out: [{ ...entry, version: 0 }] }, 'an entry is not valid: version must be >=1'],
  ])('cannot be read from what is no outbox: %j', (after, problem) => {
    expect(() => listEmitted(undefined, after)).toThrow(
      expect.objectContaining({ name: 'OutboxUnreadableError', message: `the outbox cannot be read: ${problem}` }),
    );
  });
});
