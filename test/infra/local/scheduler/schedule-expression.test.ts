import { parseScheduleExpression } from '../../../../infra/local/scheduler/schedule-expression';

const HOUR_MS = 3_600_000;
const ms = (time: string) => Date.parse(`${time}Z`);
const text = (atMs: number | undefined) => (atMs === undefined ? 'never' : new Date(atMs).toISOString().slice(0, 16));

/** The first times after one, without their seconds. */
function timesAfter(expression: string, after: string, count: number, zone?: string): string[] {
  const next = parseScheduleExpression(expression, zone);
  const times: string[] = [];
  let afterMs: number | undefined = ms(after);
  while (times.length < count && afterMs !== undefined) {
    afterMs = next(afterMs, ms(after));
    times.push(text(afterMs));
  }
  return times;
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
describe('a cron expression', () => {
  it.each([
    ['every day at a time', 'cron(15 12 * * ? *)', ['2031-05-06T12:15', '2031-05-07T12:15']],
    [
      'weekdays',
      'cron(0 18 ? * MON-FRI *)',
      ['2031-05-06T18:00', '2031-05-07T18:00', '2031-05-08T18:00', '2031-05-09T18:00', '2031-05-12T18:00'],
    ],
    ['weekdays by number', 'cron(30 13 ? * 2,4,6 *)', ['2031-05-07T13:30', '2031-05-09T13:30', '2031-05-12T13:30']],
    [
      'a range over the end of the week',
      'cron(0 0 ? * SAT-MON *)',
      ['2031-05-10T00:00', '2031-05-11T00:00', '2031-05-12T00:00', '2031-05-17T00:00'],
    ],
    ['the first of the month', 'cron(0 8 1 * ? *)', ['2031-06-01T08:00', '2031-07-01T08:00']],
    ['months by name', 'cron(0 0 1 JAN,JUL ? *)', ['2031-07-01T00:00', '2032-01-01T00:00']],
    [
      'steps from a minute on',
      'cron(5/20 * ? * TUE *)',
      ['2031-05-06T12:05', '2031-05-06T12:25', '2031-05-06T12:45', '2031-05-06T13:05'],
    ],
    ['steps of all', 'cron(*/30 * * * ? *)', ['2031-05-06T12:30', '2031-05-06T13:00']],
    ['steps in a range', 'cron(0-59/45 0-23/13 ? * * *)', ['2031-05-06T13:00', '2031-05-06T13:45', '2031-05-07T00:00']],
    ['a list in any order', 'cron(45,15 12,13 * * ? *)', ['2031-05-06T12:15', '2031-05-06T12:45', '2031-05-06T13:15']],
    ['a range of one', 'cron(30-30 13-13 * * ? *)', ['2031-05-06T13:30', '2031-05-07T13:30']],
    ['the last day of the month', 'cron(0 0 L * ? *)', ['2031-05-31T00:00', '2031-06-30T00:00']],
    ['the last day of February', 'cron(0 0 L 2 ? *)', ['2032-02-29T00:00', '2033-02-28T00:00']],
    [
      'the last weekday of the month',
      'cron(0 0 LW * ? *)',
      ['2031-05-30T00:00', '2031-06-30T00:00', '2031-07-31T00:00', '2031-08-29T00:00'],
    ],
    ['the weekday nearest to a Saturday', 'cron(0 0 7W JUN ? *)', ['2031-06-06T00:00', '2032-06-07T00:00']],
    ['the weekday nearest to a Sunday', 'cron(0 0 15W JUN ? *)', ['2031-06-16T00:00']],
    ['the nearest weekday, but in the same month', 'cron(0 0 1W 6,11 ? *)', ['2031-06-02T00:00', '2031-11-03T00:00']],
    [
      'the last Friday of the month',
      'cron(15 10 ? * 6L *)',
      [
        '2031-05-30T10:15',
        '2031-06-27T10:15',
        '2031-07-25T10:15',
        '2031-08-29T10:15',
        '2031-09-26T10:15',
        '2031-10-31T10:15',
        '2031-11-28T10:15',
      ],
    ],
    ['Saturdays', 'cron(0 0 ? * L *)', ['2031-05-10T00:00', '2031-05-17T00:00']],
    ['the second Tuesday', 'cron(0 9 ? * 3#2 *)', ['2031-05-13T09:00', '2031-06-10T09:00']],
    ['the fifth Thursday, in months that have one', 'cron(0 9 ? * THU#5 *)', ['2031-05-29T09:00', '2031-07-31T09:00']],
    [
      'certain years',
      'cron(0 0 1 1 ? 2033,2035-2036)',
      ['2033-01-01T00:00', '2035-01-01T00:00', '2036-01-01T00:00', 'never'],
    ],
    ['no day that there is', 'cron(0 0 30 2 ? *)', ['never']],
    ['no year that is left', 'cron(0 0 * * ? 2030)', ['never']],
  ])('means %s', (_what, expression, times) => {
    expect(timesAfter(expression, '2031-05-06T12:00:00', times.length)).toEqual(times);
  });

  it('skips a time that the clock is put forward over', () => {
    expect(timesAfter('cron(30 2 * * ? *)', '2031-03-29T00:00:00', 2, 'Europe/Berlin')).toEqual([
      '2031-03-29T01:30',
      '2031-03-31T00:30',
    ]);
  });

  it('takes a time once that the clock shows twice', () => {
    expect(timesAfter('cron(30 1 * * ? *)', '2031-11-01T12:00:00', 2, 'America/New_York')).toEqual([
      '2031-11-02T05:30',
      '2031-11-03T06:30',
    ]);
    expect(timesAfter('cron(0/30 * * * ? *)', '2031-11-02T05:00:00', 3, 'America/New_York')).toEqual([
      '2031-11-02T05:30',
      '2031-11-02T07:00',
      '2031-11-02T07:30',
    ]);
  });

  it('follows the clock of its place', () => {
    expect(timesAfter('cron(0 9 * * ? *)', '2031-01-01T00:00:00', 1, 'Asia/Kolkata')).toEqual(['2031-01-01T03:30']);
    expect(timesAfter('cron(0 22 * * ? *)', '2031-01-01T00:00:00', 1, 'America/Los_Angeles')).toEqual([
      '2031-01-01T06:00',
    ]);
  });
});

describe('a rate', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 2 * HOUR_MS],
    ['rate(1 day)', 24 * HOUR_MS],
  ])('%s counts from its beginning, which is the first time', (expression, everyMs) => {
    const next = parseScheduleExpression(expression);

    expect(next(999, 1000)).toBe(1000);
    expect(next(1000, 1000)).toBe(1000 + everyMs);
    expect(next(1000 + 7.5 * everyMs, 1000)).toBe(1000 + 8 * everyMs);
  });

  it('has days of 24 hours, also when the clock is put back', () => {
    expect(timesAfter('rate(1 day)', '2031-11-01T12:00:00', 2, 'America/New_York')).toEqual([
      '2031-11-02T12:00',
      '2031-11-03T12:00',
    ]);
  });
});

describe('a single time', () => {
  it('is meant on the clock of its place, and comes once', () => {
    expect(timesAfter('at(2031-05-06T14:30:00)', '2031-05-06T12:00:00', 2, 'Europe/Berlin')).toEqual([
      '2031-05-06T12:30',
      'never',
    ]);
  });

  it('is refused when that clock never shows it', () => {
    expect(() => parseScheduleExpression('at(2031-03-30T02:30:00)', 'Europe/Berlin')).toThrow(
      'the clock of Europe/Berlin never shows 2031-03-30T02:30:00',
    );
  });
});

describe('a schedule expression', () => {
  it.each([
    'cron(0 1 * * * *)',
    'cron(7 20 * * NOT *)',
    'cron(INVALID)',
    'cron(0 dummy ? * MON-FRI *)',
    'cron(71 8 1 * ? *)',
    'cron(0 24 1 * ? *)',
    'cron(0 0 0 * ? *)',
    'cron(0 0 32W * ? *)',
    'cron(0 0 1 13 ? *)',
    'cron(0 0 ? * 8 *)',
    'cron(0 0 ? * 0#1 *)',
    'cron(0 0 ? * 1#6 *)',
    'cron(0 0 1 * ? 1969)',
    'cron(0 0 ? * ? *)',
    'cron(0 0 1 * 2 *)',
    'cron(0/0 0 1 * ? *)',
    'cron(*-5 0 1 * ? *)',
    'cron(0 0 1 * ?)',
    'cron()',
    'rate(10 seconds)',
    'rate(0 minutes)',
    'rate(10)',
    'rate(10 minutess)',
    'rate(-10 minutes)',
    'rate( 10 minutes )',
    ' rate(10 minutes)',
    'at(2021-12-31T23:59:59Z)',
    'at(2021-12-31)',
    'at(2021-13-31T00:00:00)',
  ])('%s is refused', (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        message: expect.stringContaining(`Invalid Schedule Expression ${expression}.`),
      }),
    );
  });

  it('is refused with a time zone that is none', () => {
    expect(() => parseScheduleExpression('rate(1 day)', 'Mars/Base')).toThrow('Invalid time zone specified: Mars/Base');
  });
});
