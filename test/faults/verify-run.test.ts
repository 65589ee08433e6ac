import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Defect, fakeWorld } from './fake-world';
import type { Simulate } from './simulation';
import { parseVerifyOptions } from './verify-options';
import { answerRequest, type VerifyAnswer, type VerifyRequest } from './verify-request';
import { runVerify } from './verify-run';

/** A pool of this process alone. */
const poolOf = (simulate: Simulate) => ({
  asked: [] as VerifyRequest[],
  async answerAll(requests: Iterable<VerifyRequest>, onAnswer: (answer: VerifyAnswer, request: VerifyRequest) => void) {
    for (const request of requests) {
      this.asked.push(request);
      onAnswer(await answerRequest(request, simulate), request);
    }
  },
});

async function verify(args: readonly string[], simulate: Simulate) {
  const lines: string[] = [];
  const pool = poolOf(simulate);
  const isPassed = await runVerify(parseVerifyOptions(args), pool, (line) => lines.push(line));
  return { isPassed, text: lines.join('\n'), asked: pool.asked };
}

const chargesTwice: Defect = (strikes) =>
  strikes.filter(({ call }) => call.name === 'payments/charge-payment').length > 1;

describe('npm run verify', () => {
  it('passes over a world that breaks nothing, the same whenever it is run', async () => {
    const one = await verify(['--cell', 'F2/3', '--seeds', '3'], fakeWorld());
    const other = await verify(['--cell', 'F2/3', '--seeds', '3'], fakeWorld());

    expect(one.isPassed).toBe(true);
    expect(one.text).toMatch(/^violations +0$/m);
    expect(other.text).toBe(one.text);
  });

  it('fails over a world that breaks its books, and shows the shortest history', async () => {
    const { isPassed, text } = await verify(
      ['--cell', 'F1/2', '--profile', 'EXPRESS', '--seed', '4'],
      fakeWorld(chargesTwice),
    );

    expect(isPassed).toBe(false);
    expect(text).toMatch(/VIOLATION in F1\/2 .*, EXPRESS, seed 4\n {2}money: key-\S+ was charged twice\n/);
    expect(text).toMatch(
      /with 1 order and 2 faults:\n( {4}ord_\S+ payments\/charge-payment #\d error-before\n){2} {2}again: /,
    );
  });

  it('makes the failing run again with the command that it prints', async () => {
    const { text } = await verify(['--cell', 'F1/2', '--seeds', '4', '--orders', '9'], fakeWorld(chargesTwice));
    const command = /again: npm run verify -- (.*)/.exec(text)?.[1] ?? '';
    const violations = /VIOLATION.*\n(( {2}money: .*\n)+)/.exec(text)?.[1];

    const again = await verify(command.split(' '), fakeWorld(chargesTwice));

    expect(again.isPassed).toBe(false);
    expect(violations).toBeDefined();
    expect(again.text).toContain(violations);
  });

  it('looks for the shortest history of the first failing run of three cells', async () => {
    const { asked } = await verify(
      ['--seeds', '1', '--profile', 'STANDARD'],
      fakeWorld((strikes) => strikes.length > 0),
    );

    const shrunk = asked.filter(({ shrink }) => shrink);
    expect(shrunk.map(({ task }) => task.cell)).toEqual(['F1/1', 'F1/2', 'F1/3']);
  });

  it('fails when a cell was not hit', async () => {
    const deaf: Simulate = (options) => fakeWorld()({ ...options, faultsEndAtMs: 0 });

    const { isPassed, text } = await verify(['--cell', 'F1/2'], deaf);

    expect(isPassed).toBe(false);
    expect(text).toContain('cell not hit: F1/2 STANDARD');
  });

  it('breaks off when a run does, and says which', async () => {
    const breaks: Simulate = () => Promise.reject(new Error('no such table'));

    await expect(verify(['--cell', 'F1/2'], breaks)).rejects.toThrow(
      /^F1\/2 STANDARD seed 1 broke off: Error: no such table/,
    );
  });

  it('runs the first seed whole although its minutes are over', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(1e9);

    const { asked } = await verify(['--minutes', '1', '--cell', 'F1/2'], fakeWorld()).finally(() => now.mockRestore());

    expect(asked.map(({ task }) => [task.seed, task.profile])).toEqual([
      [1, 'STANDARD'],
      [1, 'EXPRESS'],
    ]);
  });

  it('writes the report as JSON', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'verify-'));
    const json = join(directory, 'report.json');

    await verify(['--cell', 'F1/2', '--json', json], fakeWorld(chargesTwice));

    const report = JSON.parse(readFileSync(json, 'utf8'));
    rmSync(directory, { recursive: true });
    expect(report).toMatchObject({
      ok: false,
      cells: [{ cell: 'F1/2' }],
      failures: [{ shortest: { orders: 1 } }, ...report.failures.slice(1)],
    });
  });
});
