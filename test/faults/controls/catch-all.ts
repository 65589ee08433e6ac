import { availableParallelism } from 'node:os';
import { byMatrix, byTests, type CatchOptions, catchDefect, findCompileError, type Verdict } from './catch-defect';
import type { Defect } from './defect';
import { copyTree, type TreeCopy } from './tree-copy';

/**
 * Looks for a violation, and for a failing test, where nothing is planted: one would be found in place of every mistake. Answers
 * what was found.
 */
export async function findFalseAlarm(list: readonly Defect[], options: CatchOptions): Promise<string | undefined> {
  const tests = [...new Set(list.flatMap(({ test }) => test ?? []))];
  return inCopy(async (tree) => {
    const verdicts = [await byMatrix(tree, options), ...(tests.length > 0 ? [await byTests(tests, tree)] : [])];
    for (const verdict of verdicts) {
      if (verdict.kind === 'caught') return `${verdict.by}, ${verdict.how}`;
      if (verdict.kind === 'broken') return verdict.why;
    }
    return undefined;
  });
}

/** Looks for each mistake, several at a time in copies of their own; `report` gets each verdict once it is there. */
export async function catchAll(
  list: readonly Defect[],
  options: CatchOptions,
  report: (defect: Defect, verdict: Verdict) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const left = [...list];
  const work = async (tree: TreeCopy) => {
    for (let defect = left.shift(); defect; defect = left.shift()) {
      const verdict = await tryOne(defect, tree, options);
      verdicts.push(verdict);
      report(defect, verdict);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), list.length) }, () => inCopy(work)));
  return verdicts;
}

async function tryOne(defect: Defect, tree: TreeCopy, options: CatchOptions): Promise<Verdict> {
  try {
    return await tree.withDefect(defect, async (): Promise<Verdict> => {
      const why = await findCompileError(defect, tree);
      return why === undefined ? catchDefect(defect, tree, options) : { kind: 'broken', why };
    });
  } catch (error) {
    return { kind: 'broken', why: (error as Error).message };
  }
}

async function inCopy<Result>(action: (tree: TreeCopy) => Promise<Result>): Promise<Result> {
  const tree = await copyTree();
  try {
    return await action(tree);
  } finally {
    await tree.remove();
  }
}
