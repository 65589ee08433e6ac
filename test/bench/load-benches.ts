import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { notifications } from '../../functions/notifications/contract';
import { services } from '../../functions/services';
import { bundleHandlers } from '../../infra/bundle';
import { environmentWith } from '../../lib/env';
import { ENV } from '../../lib/service/names';
import { type Figure, round } from './measure';

const ROOT = resolve(__dirname, '../..');
const LOADS = 15;
const READING = "export { parseEnvelope } from './lib/events/event-envelope';";
const HANDLER = 'notify-customer';

/** What a consumer's function has to load: what checks the events of each service, and the whole bundle of one consumer. */
export async function benchLoads(tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const bundles = bundleHandlers([notifications]);
  try {
    const empty = join(directory, 'empty.mjs');
    writeFileSync(empty, '');
    tell([{ name: 'load of an empty module', value: loadMs(empty), unit: 'ms' }]);
    for (const { name, events = [] } of services) {
      if (events.length === 0) continue;
      const file = join(directory, `${name}.mjs`);
      writeFileSync(file, bundle(`export * from './functions/${name}/events'; ${READING}`));
      tell(figuresOf(`what checks the events of ${name}`, file));
    }
    tell(figuresOf(`bundle of ${HANDLER}`, join(bundles.codeOf('notifications', HANDLER), 'index.mjs')));
  } finally {
    rmSync(bundles.directory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  }
}

function figuresOf(name: string, file: string): Figure[] {
  const text = readFileSync(file);
  return [
    { name, value: text.length, unit: 'bytes' },
    { name: `  compressed`, value: gzipSync(text, { level: 9 }).length, unit: 'bytes' },
    { name: `  load`, value: loadMs(file), unit: 'ms' },
  ];
}

/** As a handler's bundle is made. */
function bundle(source: string): Uint8Array {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** The first module that a process imports so takes some milliseconds longer, whatever is in it. */
const LOAD = `await import('data:text/javascript,');
const at = performance.now();
await import(process.argv[1]);
console.log(performance.now() - at);`;

/** How long a new process takes to load a module, without its own start: the least of some, for whoever else works here adds to it. */
function loadMs(file: string): number {
  const env = environmentWith({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [ENV.stage]: 'dev',
    [ENV.tableName]: 'table',
    [ENV.deadLetterQueueUrl]: 'http://queues.invalid/000000000000/dead-letters',
    [ENV.partyUrl('sender')]: 'http://sender.invalid',
    [ENV.partySecretArn('sender')]: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:sender',
  });
  const args = ['--disable-warning=Warning', '--input-type=module', '--eval', LOAD, pathToFileURL(file).href];
  const times = Array.from({ length: LOADS }, () =>
    Number(execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trim().split('\n').at(-1)),
  );
  return round(Math.min(...times));
}
