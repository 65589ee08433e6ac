import { format } from 'node:util';
import type { LogLevel, PrintedLine } from '../protocol';
import { toJsonBody } from './json-body';

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const satisfies Record<string, LogLevel>;

/**
 * Sends what the function prints to `emit` instead of the terminal: console methods with their level, and what is written
 * straight to stdout or stderr (as structured loggers do) without one. With `isJson`, lines of the console have a `body`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function captureOutput(isJson: boolean, emit: (line: PrintedLine) => void): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...args: unknown[]) =>
      emit({ level, text: format(...args), ...(isJson && { body: toJsonBody(args) }) });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      const text = stripNewline(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      emit({ level: undefined, text });
      const done = rest.find((argument) => typeof argument === 'function');
      if (done !== undefined) process.nextTick(done as () => void);
      return true;
    }) as typeof stream.write;
  }
}

function stripNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
