import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentWith } from '../../lib/env';
import { publishAssemblies } from './assembly';

/**
 * Synthesizes the app once for the whole test run, with the CDK's own validation on. In a process of its own, because the
 * CDK would stay in memory for the whole run.
 */
export default async function synthesizeAssemblies(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-assemblies-'));
  const program = join(__dirname, 'synthesize-assemblies.ts');
  // Empty values: what a developer has set for the command line of the CDK is not what the tests are about.
  const env = environmentWith({ CDK_VALIDATION: '', CDK_CONTEXT_JSON: '{}' });
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', program, root], { env });
  } catch (error) {
    // The teardown does not run when the setup fails.
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
  publishAssemblies(root);
}
