import { CircuitOptionsError } from './circuit-errors';

/** How a call ended: what it answered, or what it threw, which may be anything. */
export type Settled = { readonly value: unknown } | { readonly error: unknown };

/** What the end of a call says about the party: that it is well, that it is not, or nothing at all. */
export type Verdict = 'success' | 'failure' | 'ignored';

/** How a circuit behaves. Whatever is left out has its default. */
export interface CircuitOptions {
  /** The fewest failures in the window that open it. Integer, 1 to 10,000. Default 5. */
  readonly failureThreshold?: number;
  /** The share of the calls in the window that must have failed, more than 0 and at most 1. Default 0.5. */
  readonly failureRate?: number;
  /** The window over which failures count, 1 to 600. Default 10. A tenth of it is the resolution. */
  readonly windowSeconds?: number;
  /** The fewest instances that must have seen a failure in the window, 1 to 16. Default 1. */
  readonly minimumReporters?: number;
  /** How long it stays open before a first probe, 0.1 to 3,600. Default 2. */
  readonly breakDurationSeconds?: number;
  /** The longest that it stays open, to which the duration doubles from probe to probe. Default 5, or the break duration when that is longer. */
  readonly maxBreakDurationSeconds?: number;
  /** How many probes in a row must succeed for it to close, 1 to 10. Default 2. */
  readonly successThreshold?: number;
  /** How long a probe may take before another instance may send one, 0.1 to 900: longer than the call's own time limit. Default 6. */
  readonly probeLeaseSeconds?: number;
  /** After closing, the share of calls let through grows from a fifth to all in this time, 0 to 600. Default 2. */
  readonly rampSeconds?: number;
  /** A call that takes longer counts as failed from this moment on, 0.01 to 900. Default: none does. */
  readonly slowCallSeconds?: number;
  /** A call first looks at the store when what is known is older, 0 to 3,600. Default: it never waits but for the very first look. */
  readonly maxViewAgeSeconds?: number;
  /** What the end of a call says about the party. Default: whatever was thrown is a failure, whatever was answered a success. */
  readonly judge?: (settled: Settled) => Verdict;
}

/** All of it decided, in milliseconds. */
export interface CircuitSettings {
  readonly failureThreshold: number;
  readonly failureRate: number;
  readonly windowMs: number;
  readonly minimumReporters: number;
  readonly breakMs: number;
  readonly maxBreakMs: number;
  readonly successThreshold: number;
  readonly probeLeaseMs: number;
  readonly rampMs: number;
  /** `Infinity`: no call is too slow. */
  readonly slowCallMs: number;
  /** `Infinity`: no view is too old. */
  readonly maxViewAgeMs: number;
  readonly judge: (settled: Settled) => Verdict;
}

type NumberOption = Exclude<keyof CircuitOptions, 'judge'>;

const RANGES: Readonly<Record<NumberOption, { from: number; to: number; isWhole?: true; isOpen?: true }>> = {
  failureThreshold: { from: 1, to: 10_000, isWhole: true },
  failureRate: { from: 0, to: 1, isOpen: true },
  windowSeconds: { from: 1, to: 600 },
  minimumReporters: { from: 1, to: 16, isWhole: true },
  breakDurationSeconds: { from: 0.1, to: 3_600 },
  maxBreakDurationSeconds: { from: 0.1, to: 3_600 },
  successThreshold: { from: 1, to: 10, isWhole: true },
  probeLeaseSeconds: { from: 0.1, to: 900 },
  rampSeconds: { from: 0, to: 600 },
  slowCallSeconds: { from: 0.01, to: 900 },
  maxViewAgeSeconds: { from: 0, to: 3_600 },
};

/**
 * The settings that some options make.
 *
 * @throws {CircuitOptionsError} when one is out of its range, or unknown; it names the option, the value and the range
 */
export function checkOptions(options: CircuitOptions): CircuitSettings {
  for (const [name, value] of Object.entries(options)) checkOption(name, value);
  const { failureThreshold = 5, failureRate = 0.5, windowSeconds = 10, minimumReporters = 1 } = options;
  const { breakDurationSeconds = 2, successThreshold = 2, probeLeaseSeconds = 6, rampSeconds = 2 } = options;
  const { maxBreakDurationSeconds = Math.max(5, breakDurationSeconds) } = options;
  if (maxBreakDurationSeconds < breakDurationSeconds) {
    throw new CircuitOptionsError(
      `maxBreakDurationSeconds must be at least breakDurationSeconds, ${breakDurationSeconds}, got ${maxBreakDurationSeconds}`,
    );
  }
  return {
    failureThreshold,
    failureRate,
    windowMs: windowSeconds * 1000,
    minimumReporters,
    breakMs: breakDurationSeconds * 1000,
    maxBreakMs: maxBreakDurationSeconds * 1000,
    successThreshold,
    probeLeaseMs: probeLeaseSeconds * 1000,
    rampMs: rampSeconds * 1000,
    slowCallMs: (options.slowCallSeconds ?? Number.POSITIVE_INFINITY) * 1000,
    maxViewAgeMs: (options.maxViewAgeSeconds ?? Number.POSITIVE_INFINITY) * 1000,
    judge: options.judge ?? judgeByThrow,
  };
}

/** @throws {CircuitOptionsError} when two circuits of one name would behave differently; `judge` must be the same function */
export function checkSame(name: string, first: CircuitSettings, second: CircuitSettings): void {
  for (const option of Object.keys(first) as (keyof CircuitSettings)[]) {
    if (first[option] !== second[option]) {
      throw new CircuitOptionsError(
        `the circuit ${name} has ${option} ${String(first[option])} already, got ${String(second[option])}: one name, one behaviour`,
      );
    }
  }
}

/** Whatever was thrown is a failure, whatever was answered a success. */
export function judgeByThrow(settled: Settled): Verdict {
  return 'error' in settled ? 'failure' : 'success';
}

function checkOption(name: string, value: unknown): void {
  if (value === undefined) return;
  if (name === 'judge') {
    if (typeof value !== 'function') throw new CircuitOptionsError(`judge must be a function, got ${typeof value}`);
    return;
  }
  const range = Object.hasOwn(RANGES, name) ? RANGES[name as NumberOption] : undefined;
  if (!range) {
    throw new CircuitOptionsError(`there is no option ${name}; there are ${Object.keys(RANGES).join(', ')} and judge`);
  }
  const { from, to, isWhole, isOpen } = range;
  const isIn = typeof value === 'number' && value <= to && (isOpen ? value > from : value >= from);
  if (!isIn || (isWhole && !Number.isInteger(value))) {
    const kind = isWhole ? 'an integer' : 'a number';
    const least = isOpen ? `more than ${from} and at most ${to}` : `from ${from} to ${to}`;
    throw new CircuitOptionsError(`${name} must be ${kind} ${least}, got ${String(value)}`);
  }
}
