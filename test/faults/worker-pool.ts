import { type ChildProcess, fork } from 'node:child_process';

/** Processes that each answer one request at a time. */
export interface WorkerPool<Request, Answer> {
  /**
   * Hands out the requests in their order, and tells each answer in that same order, however many processes there are.
   *
   * @throws {Error} when a process ends before it has answered, and what `onAnswer` throws
   */
  answerAll(requests: Iterable<Request>, onAnswer: (answer: Answer, request: Request) => void): Promise<void>;
  close(): void;
}

/** Starts `size` processes that run the program. */
export function openWorkerPool<Request extends object, Answer>(
  program: string,
  size: number,
): WorkerPool<Request, Answer> {
  const workers = Array.from({ length: size }, () => fork(program));

  return {
    async answerAll(requests, onAnswer) {
      const source = numbered(requests);
      const early = new Map<number, { answer: Answer; request: Request }>();
      let told = 0;

      const tell = (index: number, answer: Answer, request: Request) => {
        early.set(index, { answer, request });
        for (let next = early.get(told); next; next = early.get(told)) {
          early.delete(told);
          told += 1;
          onAnswer(next.answer, next.request);
        }
      };
      const lane = async (worker: ChildProcess) => {
        for (const [index, request] of source) tell(index, await ask<Request, Answer>(worker, request), request);
      };
      await Promise.all(workers.map(lane));
    },
    close() {
      for (const worker of workers) worker.kill();
    },
  };
}

/** The members with their numbers, from 0. One iterator that all lanes take from, and that a lane does not end for others. */
function numbered<Member>(members: Iterable<Member>): Iterable<[number, Member]> {
  const iterator = members[Symbol.iterator]();
  let index = 0;
  return {
    [Symbol.iterator]: () => ({
      next: () => {
        const { done, value } = iterator.next();
        return done ? { done: true, value: undefined } : { done: false, value: [index++, value] };
      },
    }),
  };
}

function ask<Request extends object, Answer>(worker: ChildProcess, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process ended with ${code} before it had answered`));
    worker.once('exit', onExit);
    worker.once('message', (answer) => {
      worker.off('exit', onExit);
      resolve(answer as Answer);
    });
    worker.send(request);
  });
}
