import type { Defect } from './defect';
import type { Hunt } from './hunt';
import type { Ended, TreeCopy } from './tree-copy';

/** What became of a planted mistake. */
export type Verdict =
  | { readonly kind: 'caught'; readonly by: string; readonly how: string; readonly orders: number }
  | { readonly kind: 'survived'; readonly orders: number }
  /** The search itself went wrong, so it says nothing. */
  | { readonly kind: 'broken'; readonly why: string };

export interface CatchOptions {
  readonly seed: number;
  /** How long the matrix may look for it, in milliseconds of real time. */
  readonly lastsMs: number;
}

/** A search that hangs is ended so much later than it should have ended. A run in which orders hang takes its time. */
const GRACE_MS = 180_000;
const JEST_LASTS_MS = 120_000;
const COMPILE_LASTS_MS = 60_000;

/** Whether a planted mistake still is a program: one that does not compile would be found by anything. Answers why not. */
export async function findCompileError(defect: Defect, tree: TreeCopy): Promise<string | undefined> {
  const compiler = ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'];
  const allowed = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
  const { stdout } = await tree.run([...compiler, ...allowed], COMPILE_LASTS_MS);
  return stdout.split('\n').find((line) => line.startsWith(defect.file));
}

/** Looks for a mistake that stands in the copy: with the test that it names, or else with the whole matrix. */
export function catchDefect({ test, cells }: Defect, tree: TreeCopy, options: CatchOptions): Promise<Verdict> {
  return test === undefined ? byMatrix(tree, options, cells) : byTests([test], tree);
}

/** Runs the matrix in the copy up to its first violation. `first`: the cells that are tried before all others. */
export async function byMatrix(
  tree: TreeCopy,
  { seed, lastsMs }: CatchOptions,
  first: readonly string[] = [],
): Promise<Verdict> {
  const hunt = ['--disable-warning=Warning', '--import', 'tsx', 'test/faults/controls/hunt.ts'];
  const ended = await tree.run([...hunt, String(seed), String(lastsMs), ...first], lastsMs + GRACE_MS);
  const result = readLastLine<Hunt>(ended);
  if (!result) return { kind: 'broken', why: lastWords(ended) };
  const { found, orders } = result;
  if (!found) return { kind: 'survived', orders };
  return { kind: 'caught', by: `${found.cell} ${found.profile}`, how: `${found.rule}: ${found.detail}`, orders };
}

/** The part of Jest's report that is read. */
interface JestReport {
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: ReadonlyArray<{
    readonly message: string;
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly fullName: string }>;
  }>;
}

/** Runs tests in the copy up to the first that fails. */
export async function byTests(tests: readonly string[], tree: TreeCopy): Promise<Verdict> {
  const jest = ['--disable-warning=Warning', 'node_modules/jest/bin/jest.js', ...tests];
  const alone = ['--globalSetup=', '--globalTeardown=', '--reporters=default', '--json', '--runInBand'];
  const ended = await tree.run([...jest, ...alone], JEST_LASTS_MS);
  const report = readLastLine<JestReport>(ended);
  if (!report || report.numRuntimeErrorTestSuites > 0) {
    return { kind: 'broken', why: report?.testResults[0]?.message ?? lastWords(ended) };
  }
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  if (!failed) return { kind: 'survived', orders: 0 };
  return { kind: 'caught', by: tests.join(' '), how: failed.fullName, orders: 0 };
}

function readLastLine<Result>({ exitCode, stdout }: Ended): Result | undefined {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  // Killed or not, what is no JSON is no result.
  return exitCode !== 124 && line.startsWith('{') ? (JSON.parse(line) as Result) : undefined;
}

function lastWords({ exitCode, stderr }: Ended): string {
  const lines = stderr.trim().split('\n');
  return `exit code ${exitCode}: ${lines.find((line) => /^\S*Error\b/.test(line)) ?? lines.at(-1)}`;
}
