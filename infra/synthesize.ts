import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentWith } from '../lib/env';

/**
 * Synthesizes the CDK app into `directory`, in a process of its own, because the CDK would stay in memory for as long as the
 * local cloud runs. Without the CDK's own validation of templates, which takes two thirds of the time; the tests have it on.
 *
 * @throws {Error} with what the CDK said, when it fails; the signal's reason, when it is aborted.
 */
export async function synthesize(directory: string, signal?: AbortSignal): Promise<void> {
  const root = resolve(__dirname, '..');
  const child = spawn(process.execPath, ['--import', 'tsx', 'infra/app.ts'], {
    cwd: root,
    env: environmentWith({ CDK_OUTDIR: directory, CDK_VALIDATION: 'false' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`the CDK app could not be synthesized (exit code ${code}):\n${output.trim()}`);
}
