import { join } from 'node:path';
import { buildSync } from 'esbuild';

let program: string | undefined;

/**
 * The source text of an execution environment's program, as plain JavaScript. A worker thread loads no TypeScript, neither
 * under jest nor under tsx, so the files in `worker/` are bundled once per process.
 */
export function workerProgram(): string {
  program ??= bundle();
  return program;
}

function bundle(): string {
  const result = buildSync({
    entryPoints: [join(__dirname, 'worker', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error('esbuild returned no bundle of the execution environment');
  return output.text;
}
