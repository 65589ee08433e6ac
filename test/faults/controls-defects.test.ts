import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { ACTIVE_CELLS } from './cells';
import { catchAll } from './controls/catch-all';
import type { Verdict } from './controls/catch-defect';
import { formatVerdict, isTelling, median } from './controls/controls';
import { type Defect, plant } from './controls/defect';
import { defects } from './controls/defects';

const ROOT = resolve(__dirname, '../..');

const defect: Defect = {
  name: 'a mistake',
  file: 'lib/a.ts',
  find: 'a > b',
  replace: 'a >= b',
  why: 'of no matter',
};

describe('a planted mistake', () => {
  it('replaces its place as it is written', () => {
    expect(plant({ ...defect, replace: '$& $1' }, 'if (a > b) c();')).toBe('if ($& $1) c();');
  });

  it.each([
    ['gone', 'if (a < b) c();', 0],
    ['there twice', 'a > b || a > b', 2],
  ])('is an error when its place is %s', (_, text, times) => {
    const message = `defect "a mistake": its place must be in lib/a.ts once, is there ${times} times`;

    expect(() => plant(defect, text)).toThrow(message);
  });
});

describe('the planted mistakes', () => {
  it('are at least twenty that the matrix must find by itself, each under its own name', () => {
    const names = defects.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(defects.filter(({ test }) => test === undefined).length).toBeGreaterThanOrEqual(20);
  });

  it.each(defects)('fits into the code as it is: $name', (each) => {
    const planted = plant(each, readFileSync(join(ROOT, each.file), 'utf8'));

    expect(() => transformSync(planted, { loader: 'ts' })).not.toThrow();
    expect(each.test === undefined || existsSync(join(ROOT, each.test))).toBe(true);
    expect(ACTIVE_CELLS.map(({ name }) => name)).toEqual(expect.arrayContaining([...(each.cells ?? [])]));
  });
});

describe('the report of the controls', () => {
  it.each<[string, Verdict, RegExp]>([
    [
      'caught by the matrix',
      { kind: 'caught', by: 'F3/2 STANDARD', how: 'stock: 1 too few', orders: 24 },
      /^ {2}caught +a mistake +F3\/2 STANDARD after 24 orders, stock: 1 too few$/,
    ],
    [
      'caught by a test',
      { kind: 'caught', by: 'test/a.test.ts', how: 'counts', orders: 0 },
      /^ {2}caught +a mistake +test\/a.test.ts, counts$/,
    ],
    ['not caught', { kind: 'survived', orders: 9 }, /^ {2}SURVIVED +a mistake +9 orders$/],
    ['not a program', { kind: 'broken', why: 'no such file' }, /^ {2}BROKEN +a mistake +no such file$/],
  ])('says what became of a mistake: %s', (_, verdict, line) => {
    expect(formatVerdict(defect, verdict)).toMatch(line);
  });

  it('takes the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([])).toBe(0);
  });

  it('demands that others break orders and that ours breaks none', () => {
    const row = (letter: 'A' | 'D', violated: number) => ({
      letter,
      title: '',
      modelled: {},
      rates: [{ p: 0.05, orders: 10, faults: 1, violated }],
    });

    expect(isTelling([row('A', 1), row('D', 0)])).toBe(true);
    expect(isTelling([row('A', 0), row('D', 0)])).toBe(false);
    expect(isTelling([row('A', 1), row('D', 1)])).toBe(false);
  });
});

describe('the fault matrix', () => {
  it('finds mistakes that are planted in the product', async () => {
    const names = ['leaves no mark when it releases', 'undoes completed steps only', 'swallows the failure of an undo'];
    const sample = defects.filter(({ name }) => names.includes(name));
    const verdicts = await catchAll(sample, { seed: 1, lastsMs: 60_000 }, () => {});

    expect(sample).toHaveLength(names.length);
    expect(verdicts).toEqual(sample.map(() => expect.objectContaining({ kind: 'caught' })));
  }, 300_000);
});
