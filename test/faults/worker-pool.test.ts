import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkerPool } from './worker-pool';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'worker-pool-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A program that answers later the smaller the number is, so that answers overtake each other; it dies of 13. */
function program(): string {
  const file = join(directory, 'program.js');
  writeFileSync(
    file,
    `process.on('message', ({ number }) => {
      if (number === 13) process.exit(3);
      setTimeout(() => process.send({ doubled: 2 * number }), 5 * (10 - number));
    });`,
  );
  return file;
}

async function doubledBy(size: number, numbers: Iterable<number>): Promise<Array<[number, number]>> {
  const pool = openWorkerPool<{ number: number }, { doubled: number }>(program(), size);
  const told: Array<[number, number]> = [];
  const requests = [...numbers].map((number) => ({ number }));
  await pool.answerAll(requests, ({ doubled }, { number }) => told.push([number, doubled])).finally(() => pool.close());
  return told;
}

describe('a pool of processes', () => {
  it.each([1, 3])('answers in the order of the requests, with %i of them', async (size) => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

    expect(await doubledBy(size, numbers)).toEqual(numbers.map((number) => [number, 2 * number]));
  });

  it('takes a request only when the process is free for it', async () => {
    const pool = openWorkerPool<{ number: number }, object>(program(), 1);
    const taken: number[] = [];
    let answered = 0;
    const requests = function* () {
      for (const number of [7, 8, 9, 6, 5]) {
        taken.push(number);
        expect(taken.length - answered).toBe(1);
        yield { number };
      }
    };

    await pool.answerAll(requests(), () => (answered += 1)).finally(() => pool.close());

    expect([taken, answered]).toEqual([[7, 8, 9, 6, 5], 5]);
  });

  it('fails when a process ends without an answer', async () => {
    await expect(doubledBy(2, [1, 13, 2])).rejects.toThrow('a process ended with 3 before it had answered');
  });
});
