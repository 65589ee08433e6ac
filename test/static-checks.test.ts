import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** Runs a tool of the project; answers what it printed when it failed. */
function complaintsOf(tool: string, args: readonly string[]): string {
  try {
    execFileSync(process.execPath, [join(ROOT, tool), ...args], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}` || String(error);
  }
}

describe('the source', () => {
  it('has the types that it says, and refuses the misuses that type tests expect to be refused', () => {
    expect(complaintsOf('node_modules/typescript/bin/tsc', ['--noEmit'])).toBe('');
  }, 120_000);

  it('is formatted and passes the linter', () => {
    expect(complaintsOf('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])).toBe('');
  }, 120_000);
});
