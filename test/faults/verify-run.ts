import { writeFileSync } from 'node:fs';
import { type Task, type TaskResult, tasksOf } from './matrix';
import { isPassed, toFailure, toJson, toReport } from './report';
import type { Shortest } from './shrink-failure';
import { type Tally, Tallying } from './tally';
import type { VerifyOptions } from './verify-options';
import type { VerifyAnswer, VerifyRequest } from './verify-request';
import type { WorkerPool } from './worker-pool';

type Pool = Pick<WorkerPool<VerifyRequest, VerifyAnswer>, 'answerAll'>;
type Failure = { readonly result: TaskResult; readonly shortest?: Shortest };

/** For so many failing runs, each of another cell, the shortest history is looked for. */
const MAX_SHRUNK = 3;

/** So many failing runs are told one by one. */
const MAX_TOLD = 20;

/**
 * Runs the fault matrix as asked, prints the report and the failures, writes the JSON file. Answers whether it passed: no rule
 * was broken, and every cell was hit.
 *
 * @throws {Error} when a run breaks off
 */
export async function runVerify(options: VerifyOptions, pool: Pool, print: (line: string) => void): Promise<boolean> {
  const tally = await runMatrix(options, pool);
  for (const line of toReport(tally)) print(line);

  const failures = await findShortest(tally, pool);
  // Those that were made small come first: they are the ones to read.
  const told = [...failures].sort((a, b) => Number(b.shortest !== undefined) - Number(a.shortest !== undefined));
  for (const { result, shortest } of told.slice(0, MAX_TOLD))
    for (const line of toFailure(result, shortest)) print(line);
  if (told.length > MAX_TOLD) print(`and ${told.length - MAX_TOLD} failing runs more`);

  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(toJson(tally, failures), undefined, 2)}\n`);
  }
  return isPassed(tally);
}

async function runMatrix(options: VerifyOptions, pool: Pool): Promise<Tally> {
  const tally = new Tallying(options.cells);
  await pool.answerAll(requestsOf(options), (answer, { task }) => {
    if ('error' in answer) throw new Error(`${task.cell} ${task.profile} seed ${task.seed} broke off: ${answer.error}`);
    if ('result' in answer) tally.add(answer.result);
  });
  return tally;
}

/** Requests are made one at a time, because how many there will be the clock may decide. */
function* requestsOf({ seed, seeds, minutes, ...choice }: VerifyOptions): Generator<VerifyRequest> {
  const endsAt = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  for (let current = seed; current < seed + seeds; current += 1) {
    for (const task of tasksOf(current, choice)) {
      // A cell that never ran proves nothing, so the first seed is run whole.
      if (current > seed && performance.now() >= endsAt) return;
      yield { task, shrink: false };
    }
  }
}

async function findShortest({ failures }: Tally, pool: Pool): Promise<Failure[]> {
  const firsts = failures.filter(({ cell }, index) => failures.findIndex((other) => other.cell === cell) === index);
  const shrunk = new Map<Task, Shortest>();
  const requests = firsts.slice(0, MAX_SHRUNK).map((task) => ({ task, shrink: true }));
  await pool.answerAll(requests, (answer, { task }) => {
    if ('shortest' in answer) shrunk.set(task, answer.shortest);
  });
  return failures.map((result) => {
    const shortest = shrunk.get(result);
    return { result, ...(shortest && { shortest }) };
  });
}
