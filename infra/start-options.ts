import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findEnv } from '../lib/env';

/** What `npm start` was told, by flags or by environment variables; flags win. */
export interface StartOptions {
  readonly port: number;
  readonly awsPort: number;
  /** Absent with `--memory`. */
  readonly dataDirectory?: string;
  readonly fresh: boolean;
  readonly seed: boolean;
  /** A cloud assembly to run instead of synthesizing one. */
  readonly template?: string;
}

/**
 * Reads and checks the command line. A data directory is made if it does not exist.
 *
 * @throws {Error} with one line that says what is wrong, the value and what is allowed.
 */
export function readStartOptions(args: readonly string[]): StartOptions {
  const { values } = parseCommandLine({
    args: [...args],
    options: {
      port: { type: 'string', default: findEnv('PORT') ?? '3000' },
      'aws-port': { type: 'string', default: findEnv('AWS_PORT') ?? '4566' },
      data: { type: 'string', default: findEnv('DATA_DIR') ?? resolve(__dirname, '..', '.local') },
      memory: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      'no-seed': { type: 'boolean', default: false },
      template: { type: 'string' },
    },
  });
  return {
    port: parsePort('--port', values.port),
    awsPort: parsePort('--aws-port', values['aws-port']),
    ...(!values.memory && { dataDirectory: openDirectory(values.data) }),
    fresh: values.fresh,
    seed: !values['no-seed'],
    ...(values.template !== undefined && { template: resolve(values.template) }),
  };
}

/** `parseArgs` whose refusals are one line. */
export const parseCommandLine: typeof parseArgs = (config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Error(`${(error as Error).message.split('\n')[0]}`, { cause: error });
  }
};

/** @throws {Error} unless the text is a port number, 0 for a free one. */
export function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`${flag} must be a port from 0 to 65535, got ${text}`);
  return port;
}

/** Makes the directory and those above it. By hand, because `recursive` never returns where nothing can be made, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

function openDirectory(path: string): string {
  const directory = resolve(path);
  try {
    makeDirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`data directory ${directory} cannot be used: ${reason}; choose another with --data`);
  }
  return directory;
}
