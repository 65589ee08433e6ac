import { resolve } from 'node:path';
import { readCostOptions } from './cost-options';

describe('the command line of npm run cost', () => {
  it('measures fifty orders in both profiles unless told', () => {
    expect(readCostOptions([])).toEqual({ orders: 50, workflows: ['STANDARD', 'EXPRESS'] });
  });

  it('takes a number of orders, one profile, and a file', () => {
    const options = readCostOptions(['--orders', '7', '--workflow', 'EXPRESS', '--json', 'cost.json']);

    expect(options).toEqual({ orders: 7, workflows: ['EXPRESS'], json: resolve('cost.json') });
  });

  it.each([
    [['--orders', '0'], '--orders must be an integer from 1 to 10000, got 0'],
    [['--orders', '10001'], '--orders must be an integer from 1 to 10000, got 10001'],
    [['--orders', 'many'], '--orders must be an integer from 1 to 10000, got many'],
    [['--orders=1.5'], '--orders must be an integer from 1 to 10000, got 1.5'],
    [['--workflow', 'express'], '--workflow must be STANDARD or EXPRESS, got express'],
    [
      ['--json', ''],
      '--json must be the path of a file in a directory that can be written to, got : the path is empty',
    ],
    [['--json', 'nowhere/cost.json'], '--json must be the path of a file in a directory that can be written to'],
    [['--order', '5'], "Unknown option '--order'"],
    [['50'], "Unexpected argument '50'"],
  ])('refuses %j in one line', (args, message) => {
    expect(() => readCostOptions(args)).toThrow(message);
  });
});
