import { runTask, type Task, type TaskResult } from './matrix';
import { type Shortest, shrinkFailure } from './shrink-failure';
import type { Simulate } from './simulation';

/** What one process is asked: to run a task, or to find the shortest run that fails like it. */
export interface VerifyRequest {
  readonly task: Task;
  readonly shrink: boolean;
}

/** What it answers. */
export type VerifyAnswer =
  | { readonly result: TaskResult }
  | { readonly shortest: Shortest }
  /** The run itself broke off, which says nothing about the system. */
  | { readonly error: string };

/** Answers a request. Never rejects: what the run throws is an answer, too. */
export async function answerRequest({ task, shrink }: VerifyRequest, simulate: Simulate): Promise<VerifyAnswer> {
  try {
    if (shrink) return { shortest: await shrinkFailure(task, simulate) };
    return { result: await runTask(task, simulate) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
