/**
 * What becomes of one call of a worker: it goes through; it takes effect and the reply is lost; the worker dies before it, or
 * after it took effect and before the reply came.
 */
export type Fate = 'go' | 'lose reply' | 'die before' | 'die after';

/** Stands before each call of a worker. */
export type Pass = <T>(call: () => Promise<T>) => Promise<T>;

/** A program that does nothing but between two turns of its own: what it awaits beside `pass` must not take time. */
export type Program = (pass: Pass) => Promise<void>;

/** One turn of one of the workers, by its index. */
export interface Turn {
  readonly worker: number;
  readonly fate: Fate;
}

/**
 * Runs programs whose calls are let through one at a time, in the order of `turns`; then whoever is left, to the end. The dead
 * never come back. `beforeTurn` may move a clock.
 */
export async function interleave(
  programs: readonly Program[],
  turns: readonly Turn[],
  beforeTurn: (turn: number) => void = () => {},
): Promise<void> {
  const workers = programs.map(aWorker);
  for (const [index, { worker, fate }] of turns.entries()) {
    beforeTurn(index);
    await workers[worker % workers.length]?.take(fate);
  }
  for (const worker of workers) while (await worker.take('go'));
}

function aWorker(program: Program) {
  let waiting: ((fate: Fate) => Promise<void>) | undefined;
  let isOver = false;
  const pass: Pass = (call) =>
    new Promise((resolve, reject) => {
      waiting = async (fate) => {
        // A promise that never settles is what the dead leave behind.
        isOver = fate === 'die before' || fate === 'die after';
        if (fate === 'die before') return;
        const reply = await call();
        if (fate === 'go') resolve(reply);
        if (fate === 'lose reply') reject(new Error('the reply is lost'));
      };
    });
  const end = () => {
    isOver = true;
  };
  let hasStarted = false;

  return {
    /** Lets the next call through; the first turn starts the program. Answers whether there was anything to do. */
    async take(fate: Fate): Promise<boolean> {
      if (isOver) return false;
      if (hasStarted) {
        const call = waiting;
        waiting = undefined;
        await call?.(fate);
      } else {
        hasStarted = true;
        void program(pass).then(end, end);
      }
      while (!waiting && !isOver) await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
  };
}
