import { TRIED } from './matrix';
import { parseVerifyOptions } from './verify-options';

describe('the flags of npm run verify', () => {
  it('have defaults', () => {
    expect(parseVerifyOptions([])).toMatchObject({
      seed: 1,
      seeds: 5,
      orders: 6,
      profiles: ['STANDARD', 'EXPRESS'],
      cells: TRIED,
      controls: false,
    });
  });

  it('are read', () => {
    const args = ['--seeds', '3', '--seed', '9', '--profile', 'EXPRESS', '--cell', 'F3/2', '--orders', '2'];
    const more = ['--minutes', '0.5', '--processes', '1', '--json', 'report.json', '--controls'];

    expect(parseVerifyOptions([...args, ...more])).toEqual({
      seeds: 3,
      seed: 9,
      profiles: ['EXPRESS'],
      cells: ['F3/2'],
      orders: 2,
      minutes: 0.5,
      processes: 1,
      json: 'report.json',
      controls: true,
    });
  });

  it('let a run of some minutes take as many seeds as there are', () => {
    expect(parseVerifyOptions(['--minutes', '10', '--seed', '5']).seeds).toBe(2 ** 31 - 5);
    expect(parseVerifyOptions(['--minutes', '10', '--seeds', '7']).seeds).toBe(7);
  });

  it.each([
    [['--seeds', '0'], '--seeds must be an integer from 1 to 2147483647, got 0'],
    [['--seeds', '1e3'], '--seeds must be an integer from 1 to 2147483647, got 1e3'],
    [['--seed', '-1'], /--seed/],
    [['--seed', '2147483648'], '--seed must be an integer from 0 to 2147483647, got 2147483648'],
    [['--orders', 'many'], '--orders must be an integer from 1 to 1000, got many'],
    [['--profile', 'express'], '--profile must be STANDARD or EXPRESS, got express'],
    [['--cell', 'F3/1'], /^--cell must be one of F1\/1, F1\/2, .*mixed, got F3\/1$/],
    [['--cell', 'F14/2'], /^--cell F14\/2 is not tried yet: what a step or a query between services reads is strongly/],
    [['--minutes', '0'], '--minutes must be a number from 0.01 to 10000, got 0'],
    [['--minutes', ''], '--minutes must be a number from 0.01 to 10000, got '],
    [['--processes', '65'], '--processes must be an integer from 1 to 64, got 65'],
    [['--sede', '1'], /^Unknown option '--sede'; the flags are --seed, --seeds, .*--json$/],
    [['--seed'], /^Option '--seed <value>' argument missing; the flags are/],
    [['F3/2'], /^Unexpected argument 'F3\/2'/],
  ])('are refused in one line that says what is allowed: %j', (args, message) => {
    expect(() => parseVerifyOptions(args)).toThrow(message);
    expect(() => parseVerifyOptions(args)).toThrow(/^[^\n]*$/);
  });
});
