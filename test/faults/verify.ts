import { join } from 'node:path';
import { runControls } from './controls/controls';
import { parseVerifyOptions } from './verify-options';
import type { VerifyAnswer, VerifyRequest } from './verify-request';
import { runVerify } from './verify-run';
import { openWorkerPool } from './worker-pool';

/**
 * `npm run verify -- [--seeds N] [--seed S] [--profile STANDARD|EXPRESS] [--cell F3/2] [--minutes M] [--controls] [--json FILE]`:
 * the whole fault matrix over many seeds, or the controls. Exit code 1 on a violation, a cell that was not hit or a control that
 * fails; 2 when a flag is wrong or a run breaks off.
 */
async function main(): Promise<number> {
  const options = parseVerifyOptions(process.argv.slice(2));
  const print = (line: string) => console.log(line);
  if (options.controls) return (await runControls({ seed: options.seed, print })) ? 0 : 1;

  const program = join(__dirname, 'verify-worker.ts');
  const pool = openWorkerPool<VerifyRequest, VerifyAnswer>(program, options.processes);
  try {
    return (await runVerify(options, pool, print)) ? 0 : 1;
  } finally {
    pool.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
