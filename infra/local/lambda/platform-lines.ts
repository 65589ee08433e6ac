import type { Outcome } from './outcome';
import type { FunctionErrorPayload } from './protocol';

/** What the REPORT line of an invocation tells. Durations in milliseconds. */
export interface InvocationReport {
  readonly durationMs: number;
  /** Absent unless the environment was made for this invocation and its function loaded at the first try. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
  readonly maxMemoryBytes: number;
  readonly outcome: Outcome;
  readonly error: FunctionErrorPayload | undefined;
}

const MEBIBYTE = 1_048_576;

/**
 * The part of the REPORT line that follows the request id. Billed is every begun millisecond, those of loading included.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 * @see https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 */
export function toReport(report: InvocationReport): string {
  const { durationMs, initMs, memoryMb, maxMemoryBytes, outcome, error } = report;
  const usedMb = outcome.kind === 'out-of-memory' ? memoryMb : Math.min(memoryMb, Math.ceil(maxMemoryBytes / MEBIBYTE));
  return [
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.max(1, Math.ceil(durationMs + (initMs ?? 0)))} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${usedMb} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...toStatus(outcome, error),
  ].join('\t');
}

/** The line about a function that failed to load: at the first try (`init`) or within its invocation (`invoke`). */
export function toInitReport(initMs: number, phase: 'init' | 'invoke', outcome: Outcome, errorType: string): string {
  const status = toStatus(outcome, { errorType, errorMessage: '' });
  return [`INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms`, `Phase: ${phase}`, ...status].join('\t');
}

function toStatus({ kind }: Outcome, error: FunctionErrorPayload | undefined): string[] {
  if (kind === 'timed-out') return ['Status: timeout'];
  return error === undefined ? [] : ['Status: error', `Error Type: ${error.errorType}`];
}
