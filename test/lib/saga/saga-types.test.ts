import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { misuses } from './saga-misuses';

const ROOT = resolve(__dirname, '../../..');
const EXPECTED = /^\s*\/\/ @ts-expect-error /;

/** The numbers of the lines of `text` that are errors for the compiler, when it stands in a project like this one. */
function compile(text: string, directory: string): number[] {
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { types: [], paths: { valibot: [join(ROOT, 'node_modules/valibot')] } },
    files: ['sagas.ts'],
    include: [],
  };
  writeFileSync(join(directory, 'sagas.ts'), text);
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(
    process.execPath,
    [join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', directory, '--pretty', 'false'],
    { encoding: 'utf8', cwd: directory },
  );
  return [...stdout.matchAll(/^sagas\.ts\((\d+),\d+\): error TS/gm)].map((match) => Number(match[1]));
}

describe('a saga that is misused', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'saga-types-'));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  // Without its marks, so that the compiler shows where the errors are: one below each mark, and none elsewhere.
  it('does not compile, exactly where the misuse is', () => {
    const lines = readFileSync(join(__dirname, 'saga-misuses.ts'), 'utf8').split('\n');
    const text = lines
      .map((line) => line.replace(EXPECTED, '// ').replace("from '../../../", `from '${ROOT}/`))
      .join('\n');

    const errors = compile(text, directory);

    const marked = lines.flatMap((line, index) => (EXPECTED.test(line) ? [index + 2] : []));
    expect(errors).toEqual(marked);
    expect(marked).toHaveLength(misuses.length);
  });
});
