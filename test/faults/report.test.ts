import { ACTIVE_CELLS, CELLS } from './cells';
import { fakeWorld } from './fake-world';
import { MIXED, runTask, type Task, type TaskResult, TRIED, tasksOf } from './matrix';
import { isPassed, toCommand, toFailure, toJson, toReport, toTitle } from './report';
import { shrinkFailure } from './shrink-failure';
import { cellsNotHit, cellsNotRun, rateBelow, secondsWithin, Tallying } from './tally';

const result = (changes: Partial<TaskResult> = {}): TaskResult => ({
  cell: 'F1/2',
  profile: 'STANDARD',
  seed: 1,
  orders: 6,
  faults: 4,
  struckOrders: 3,
  violations: [],
  msToTerminal: [0, 0, 1500],
  simulatedMs: 1_800_000,
  deadLetters: 0,
  ...changes,
});

function tallyOf(...results: readonly TaskResult[]): Tallying {
  const tally = new Tallying([...new Set(results.map(({ cell }) => cell))]);
  for (const each of results) tally.add(each);
  return tally;
}

const broken = result({ violations: [{ rule: 'money', detail: 'o1 was charged twice' }] });

describe('the report of a run', () => {
  it('has a row for each cell and the totals', () => {
    const tally = tallyOf(
      result(),
      result({ profile: 'EXPRESS', faults: 5 }),
      result({ cell: 'F2/4', seed: 2, msToTerminal: [61_000] }),
    );

    const lines = toReport(tally);

    expect(lines).toContain(
      'F1/2        12        4        5          0  fails before it takes effect (workflow to Lambda)',
    );
    expect(lines).toContain(
      'F2/4         6        4        -          0  takes effect, and the answer is lost (Lambda to provider or carrier)',
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        'orders                    18, of which faults struck 9',
        'faults injected           13',
        'violations                0',
        'simulated hours           1.5',
        'time to terminal          p99 61 s, max 61 s after the faults stopped',
        'dead letters at the end   0',
        'violations per order      below 3.3 x 10^-1 (95 %: three in the number of struck orders)',
      ]),
    );
  });

  it('keeps the table complete: what is not tried yet, and why', () => {
    const notYet = toReport(tallyOf(result())).filter((line) => line.startsWith('not tried yet'));

    const names = CELLS.filter((cell) => !ACTIVE_CELLS.includes(cell)).map(({ name }) => name);
    for (const name of names) expect(notYet.join('\n')).toMatch(new RegExp(` ${name} `));
    expect(notYet).toHaveLength(1);
  });

  it('does not depend on the order in which runs end', () => {
    const runs = [result(), result({ seed: 2, msToTerminal: [9000] }), result({ cell: 'F2/4', deadLetters: 1 })];
    const cells = ['F1/2', 'F2/4'];
    const report = (order: readonly TaskResult[]) => {
      const tally = new Tallying(cells);
      for (const each of order) tally.add(each);
      return toReport(tally);
    };

    expect(report([...runs].reverse())).toEqual(report(runs));
  });

  it('says the same as JSON', async () => {
    const shortest = { orders: 1, faults: 2, violations: broken.violations, history: ['line'], reruns: 9 };

    expect(toJson(tallyOf(broken), [{ result: broken, shortest }])).toMatchObject({
      ok: false,
      cells: [{ cell: 'F1/2', orders: 6, violations: 1, faults: { STANDARD: 4 } }],
      secondsToTerminal: { p99: 2, max: 2 },
      violationsPerOrderBelow: null,
      failures: [{ cell: 'F1/2', seed: 1, command: toCommand(broken), shortest: { history: ['line'] } }],
    });
  });
});

describe('a run', () => {
  it('passes when no rule was broken and every cell was hit', () => {
    expect(isPassed(tallyOf(result()))).toBe(true);
  });

  it('fails on a violation, and then gives no bound', () => {
    expect(isPassed(tallyOf(result(), broken))).toBe(false);
    expect(rateBelow(tallyOf(result(), broken))).toBeUndefined();
  });

  it('fails when a cell was not hit on a profile', () => {
    const tally = tallyOf(result(), result({ profile: 'EXPRESS', faults: 0 }));

    expect(isPassed(tally)).toBe(false);
    expect(cellsNotHit(tally)).toEqual(['F1/2 EXPRESS']);
    expect(toReport(tally)).toContain('cell not hit: F1/2 EXPRESS: no fault was carried out, so it proves nothing');
  });

  it('counts a cell as hit when one of its seeds hits it', () => {
    expect(isPassed(tallyOf(result({ faults: 0 }), result({ seed: 2 })))).toBe(true);
  });

  it('fails when a cell never ran', () => {
    const tally = new Tallying(['F1/2', 'F2/4']);
    tally.add(result());

    expect([isPassed(tally), cellsNotRun(tally)]).toEqual([false, ['F2/4']]);
  });
});

describe('the time to terminal', () => {
  it('is that of the slowest of ninety-nine in a hundred', () => {
    const tally = tallyOf(result({ msToTerminal: Array.from({ length: 200 }, (_, index) => index * 1000) }));

    expect([secondsWithin(tally, 0.99), secondsWithin(tally, 1)]).toEqual([197, 199]);
  });
});

describe('a failing run', () => {
  it('is told with its seed, cell, shortest history and the command that makes it again', async () => {
    const world = fakeWorld((strikes) => strikes.length > 2);
    const task: Task = { cell: 'F1/2', profile: 'EXPRESS', seed: 4, orders: 6 };

    const lines = toFailure(await runTask(task, world), await shrinkFailure(task, world));

    expect(lines[1]).toBe('VIOLATION in F1/2 (fails before it takes effect (workflow to Lambda)), EXPRESS, seed 4');
    expect(lines[2]).toMatch(/^ {2}money: key-\d+-\d was charged twice$/);
    expect(lines[3]).toMatch(/^ {2}the shortest history that was found in \d+ runs, with 1 order and 3 faults:$/);
    expect(lines.slice(4, -1)).toHaveLength(3);
    expect(lines.at(-1)).toBe('  again: npm run verify -- --seed 4 --seeds 1 --profile EXPRESS --cell F1/2 --orders 6');
  });

  it('shows no more of a history than can be read, its beginning and its end', () => {
    const history = Array.from({ length: 250 }, (_, index) => `line ${index}`);
    const shortest = { orders: 1, faults: 2, violations: broken.violations, history, reruns: 9 };

    const lines = toFailure(broken, shortest).filter((line) => line.startsWith('    '));

    expect(lines).toHaveLength(181);
    expect([lines[0], lines[149], lines[150], lines[151], lines[180]]).toEqual([
      '    line 0',
      '    line 149',
      '    (70 lines left out)',
      '    line 220',
      '    line 249',
    ]);
  });

  it('leaves out the rounds of the jobs that belong to no order', () => {
    const history = [
      '   60.002 -            table orders Query #0: ok',
      '   60.003 -            table orders Query #1 is struck: stale',
      '   60.004 ord_f8bd5826 table orders GetItem #7: ok',
    ];
    const shortest = { orders: 1, faults: 1, violations: broken.violations, history, reruns: 9 };

    const lines = toFailure(broken, shortest).filter((line) => line.startsWith('    '));

    expect(lines).toEqual(history.slice(1).map((line) => `    ${line}`));
  });
});

describe('the runs of a seed', () => {
  it('are every cell and one of several cells at once, on each profile', () => {
    const tasks = tasksOf(1, { profiles: ['STANDARD', 'EXPRESS'], cells: TRIED, orders: 6 });

    expect(tasks).toHaveLength(2 * (ACTIVE_CELLS.length + 1));
    expect(tasks.filter(({ cell }) => cell === MIXED)).toHaveLength(2);
  });

  it('have titles', () => {
    expect([toTitle('F3/2'), toTitle(MIXED)]).toEqual([
      'F3/2 is given up, and takes effect after the undo (workflow to Lambda)',
      'several of these at once',
    ]);
  });
});
