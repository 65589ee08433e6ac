import { checkReplay } from '../../../../functions/operations/replay/check-replay';

const NOW = Date.parse('2031-05-06T12:00:00.000Z');
const TYPES = ['order.confirmed', 'task.created'];
const HOUR = { from: '2031-05-06T11:00:00.000Z', to: '2031-05-06T12:00:00.000Z' };
const check = (change: object) => checkReplay({ ...HOUR, ...change }, NOW, TYPES);

describe('a replay that is asked for', () => {
  it.each([
    ['of the last hour', {}],
    ['of all that is kept', { from: '2031-04-06T12:00:00.000Z' }],
    ['in another time zone', { from: '2031-05-06T12:30:00+02:00' }],
    ['of one known type', { detailTypes: ['task.created'] }],
    [
      'on the day that leap years have',
      { from: '2028-02-29T00:00:00Z', to: '2028-02-29T01:00:00Z' },
      '2028-03-01T00:00:00Z',
    ],
  ])('%s is right', (_, change, now = '2031-05-06T12:00:00.000Z') => {
    expect(checkReplay({ ...HOUR, ...change }, Date.parse(now), TYPES)).toEqual([]);
  });

  it.each([
    [
      'from after to',
      { from: '2031-05-06T11:00:00.001Z', to: '2031-05-06T11:00:00.000Z' },
      'from',
      /^must be before "to", 2031/,
    ],
    ['from at to', { from: HOUR.to }, 'from', /^must be before "to"/],
    [
      'to in the future',
      { to: '2031-05-06T12:00:00.001Z' },
      'to',
      /^must be at most now, 2031-05-06T12:00:00.000Z, got 2031/,
    ],
    [
      'from before the oldest event that is kept',
      { from: '2031-04-06T11:59:59.999Z' },
      'from',
      /30 days ago.*2031-04-06T12:00:00.000Z or later/,
    ],
    [
      'a day that there is not',
      { from: '2031-04-31T00:00:00.000Z' },
      'from',
      /an instant that there is, got 2031-04-31/,
    ],
    ['a time zone that there is not', { to: '2031-05-06T12:00:00+02' }, 'to', /an instant that there is/],
    [
      'an unknown type',
      { detailTypes: ['task.created', 'task.eaten'] },
      'detailTypes[1]',
      /^must be one of order.confirmed, task.created, got "task.eaten"$/,
    ],
  ])('with %s is wrong there', (_, change, path, message) => {
    expect(check(change)).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('has every error told', () => {
    const wrong = { from: '2031-01-01T00:00:00Z', to: '2031-06-01T00:00:00Z', detailTypes: ['a', 'b'] };

    expect(check(wrong).map(({ path }) => path)).toEqual(['from', 'to', 'detailTypes[0]', 'detailTypes[1]']);
  });
});
