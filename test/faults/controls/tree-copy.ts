import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Defect, plant } from './defect';

const ROOT = resolve(__dirname, '../../..');
const COPIED = ['functions', 'lib', 'infra', 'test', 'package.json', 'tsconfig.json'];

/** How a command ended. */
export interface Ended {
  /** 124 when it was killed for taking too long. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the project in which mistakes may be made. */
export interface TreeCopy {
  /** Runs `action` while the mistake is in the copy, and takes it out again. */
  withDefect<Result>(defect: Defect, action: () => Promise<Result>): Promise<Result>;
  /** Runs a program of Node.js in the copy. */
  run(args: readonly string[], timeoutMs: number): Promise<Ended>;
  remove(): Promise<void>;
}

/** Copies what a run of the matrix needs into a temporary directory; the packages are linked. */
export async function copyTree(): Promise<TreeCopy> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-controls-'));
  for (const name of COPIED) await cp(join(ROOT, name), join(root, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return {
    async withDefect(defect, action) {
      const file = join(root, defect.file);
      const text = await readFile(file, 'utf8');
      await writeFile(file, plant(defect, text));
      try {
        return await action();
      } finally {
        await writeFile(file, text);
      }
    },
    run: (args, timeoutMs) => run(root, args, timeoutMs),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

function run(cwd: string, args: readonly string[], timeoutMs: number): Promise<Ended> {
  return new Promise((done) => {
    const options = { cwd, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
    execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      const code = error?.killed ? 124 : error?.code;
      done({ exitCode: typeof code === 'number' ? code : error ? 1 : 0, stdout, stderr });
    });
  });
}
