import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeBlocks } from './markdown';

const ROOT = resolve(__dirname, '../..');

/**
 * What the compiler says against the TypeScript in a page, each block a module of its own that stands where the page does; empty when
 * all of it compiles. A complaint names the line in the page.
 *
 * @param path of the page from the root, such as `docs/errors.md`
 */
export function complaintsOfSnippets(path: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-snippets-'));
  try {
    for (const { line, text: code } of codeBlocks(text, 'ts')) {
      const file = join(directory, dirname(path), `line-${line}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      // So many empty lines that those of the block are numbered as in the page.
      writeFileSync(file, '\n'.repeat(line - 1) + code);
    }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configOf(directory)));
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', directory], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout ?? ''}${stderr ?? ''}`.replaceAll(`${directory}/`, '') || String(error);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The project's own settings. Both roots are as one, so that `../lib` is the lib of the project. */
function configOf(directory: string): object {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDirs: [directory, ROOT],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      types: ['node'],
      moduleDetection: 'force',
      // A page shows what it speaks of, and not always what becomes of it.
      noUnusedLocals: false,
    },
    include: [directory],
  };
}
