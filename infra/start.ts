import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEnv } from '../lib/env';
import { exampleOrder, seedDemoData } from './demo-data';
import { systemClock } from './local/clock';
import { type LocalCloud, startLocalCloud } from './local/main';
import { readStartOptions, type StartOptions } from './start-options';
import { synthesize } from './synthesize';

/** Who started this process. Read at once: it may be gone by the time the system is up. */
const PARENT = process.ppid;

/**
 * `npm start`: synthesizes the system, runs the template on this computer, puts demo data in through the public API, and
 * says where everything is. Ends cleanly on Ctrl-C and SIGTERM.
 */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const options = readStartOptions(process.argv.slice(2));
  const scratch = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'holdfast-'));
  try {
    const cloud = await start(options, scratch, stop.signal);
    try {
      if (options.seed) await seedDemoData(cloud.apiUrl);
      print(cloud, options);
      await untilAborted(stop.signal);
    } finally {
      await cloud.close();
    }
  } finally {
    if (options.dataDirectory === undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

async function start(options: StartOptions, scratch: string, signal: AbortSignal): Promise<LocalCloud> {
  const assemblyDirectory = options.template ?? join(scratch, 'cdk.out');
  if (options.template === undefined) await synthesize(assemblyDirectory, signal);
  const log = createWriteStream(join(scratch, 'functions.log'), { flags: options.fresh ? 'w' : 'a' });
  return startLocalCloud({
    assemblyDirectory,
    ...(options.dataDirectory !== undefined && { dataDirectory: join(options.dataDirectory, 'state') }),
    fresh: options.fresh,
    port: options.port,
    awsPort: options.awsPort,
    clock: systemClock,
    onLog: ({ functionName, source, text }) => {
      if (source === 'function') log.write(`${functionName} ${text.trimEnd()}\n`);
    },
    onNotice: (line) => {
      log.write(`${line}\n`);
      console.error(line);
    },
    onError: (error) => console.error('the local cloud failed at a request:', error),
  });
}

function print({ apiUrl, awsUrl }: LocalCloud, { dataDirectory }: StartOptions): void {
  console.log(`
Holdfast runs here, from the template that cdk deploy would deploy.

  API           ${apiUrl}
  AWS endpoint  ${awsUrl}   (aws --endpoint-url ${awsUrl} …)
  state         ${dataDirectory ?? 'in memory'}

Place an order:

${exampleOrder(apiUrl)}

ready api=${apiUrl} aws=${awsUrl}`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // npm runs a script in a shell and passes a signal on to that alone: when it has gone, this is to end as well. The timer
    // also keeps the process alive, whatever becomes of the servers' sockets.
    const isRunByNpm = findEnv('npm_lifecycle_event') !== undefined;
    const watch = setInterval(() => isRunByNpm && process.ppid !== PARENT && end(), 200);
    const end = () => {
      clearInterval(watch);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

main().then(
  // Idle connections of clients would keep the process for some seconds more.
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') process.exit(0);
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
