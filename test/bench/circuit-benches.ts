import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { type Figure, percentile, round } from './measure';

const ROOT = resolve(__dirname, '../..');
const LIBRARY = 'lib/circuit-breaker';
const CALLS = 'circuit-calls.ts';
const ROUNDS = 25;
const CALLS_PER_ROUND = 20_000;
const LOADS = 15;

/**
 * What a call through a circuit costs while it is closed and while it is open, and through the stack of breaker, timeout and retry,
 * beside opossum and cockatiel; then what the library adds to a function's bundle. For another Node.js, start the bench with it.
 */
export async function benchCircuits(tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const program = join(directory, 'calls.cjs');
    await bundle({ entryPoints: [join(__dirname, CALLS)], format: 'cjs', outfile: program });
    tell(callFigures(program));
    tell(await libraryFigures(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As a handler's bundle is made, so that what is measured is what runs. */
async function bundle(options: BuildOptions): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    ...options,
  });
}

/** One contestant's line of the program. */
interface Measured {
  readonly contest: string;
  readonly name: string;
  /** Of each call, round by round. */
  readonly nanos: readonly number[];
}

/** The median of each, and of what ours is of it in the same round. */
function callFigures(program: string): Figure[] {
  const args = [program, String(ROUNDS), String(CALLS_PER_ROUND)];
  const lines = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n');
  const measured = lines.map((line) => JSON.parse(line) as Measured);
  return measured.flatMap(({ contest, name, nanos }) => {
    const ours = measured.find((other) => other.contest === contest && other.name === 'ours');
    const ratios = nanos.map((each, at) => (ours?.nanos[at] ?? Number.NaN) / each);
    return [
      { name: `${contest}: ${name}`, value: round(percentile(nanos, 0.5)), unit: 'ns/call' },
      ...(name === 'ours' ? [] : [{ name: '  ours to this', value: round(percentile(ratios, 0.5)), unit: 'times' }]),
    ];
  });
}

/** The library without its store on DynamoDB: a function that uses that has the SDK in any case. */
async function libraryFigures(directory: string): Promise<Figure[]> {
  const files = readdirSync(join(ROOT, LIBRARY)).filter((name) => !name.startsWith('dynamodb-'));
  const contents = files.map((name) => `export * from './${name}';`).join('\n');
  const library = join(directory, 'library.mjs');
  const empty = join(directory, 'empty.mjs');
  await bundle({ stdin: { contents, resolveDir: join(ROOT, LIBRARY) }, format: 'esm', outfile: library });
  writeFileSync(empty, '');
  const compressed = gzipSync(readFileSync(library), { level: 9 }).length;
  return [
    { name: 'library without the SDK, compressed', value: round(compressed / 1024), unit: 'KB' },
    { name: 'load of an empty module', value: loadMs(empty), unit: 'ms' },
    { name: 'load of the library', value: loadMs(library), unit: 'ms' },
  ];
}

/** The first module that a process imports so takes some milliseconds longer, whatever is in it. */
const LOAD = `await import('data:text/javascript,');
const at = performance.now();
await import(process.argv[1]);
console.log(performance.now() - at);`;

/** How long a new process takes to load a module, without its own start: the median of some. */
function loadMs(file: string): number {
  const args = ['--input-type=module', '--eval', LOAD, pathToFileURL(file).href];
  const times = Array.from({ length: LOADS }, () =>
    Number(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()),
  );
  return round(percentile(times, 0.5));
}
