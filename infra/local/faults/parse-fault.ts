import { FAULT_KINDS, FAULT_PARTS, type FaultKind, type FaultPart, type FaultSettings, parseTarget } from './fault';

/** What is wrong with one member of a fault that was asked for. */
export interface MemberProblem {
  /** The member's name; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

const MEMBERS = ['target', 'kind', 'rate', 'count', 'delayMs', 'seed'];
const MAX_DELAY_MS = 900_000;
const MAX_SEED = 0xffff_ffff;

/** Reads a fault out of JSON; a list of problems when it cannot be meant. Every problem is told at once. */
export function parseFault(document: unknown): FaultSettings | readonly MemberProblem[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return [{ path: '', message: `must be a JSON object with target and kind, got ${show(document)}` }];
  }
  const asked = document as Record<string, unknown>;
  const problems = checkMembers(asked);
  return problems.length > 0 ? problems : ({ rate: 1, ...asked } as unknown as FaultSettings);
}

function checkMembers(asked: Record<string, unknown>): MemberProblem[] {
  const { target, kind, rate, count, delayMs, seed } = asked;
  const waits = kind === 'delay' || kind === 'timeout-after';
  const checks: ReadonlyArray<readonly [path: string, isWrong: boolean, allowed: string]> = [
    ['kind', !FAULT_KINDS.includes(kind as FaultKind), `one of ${FAULT_KINDS.join(', ')}`],
    ['rate', rate !== undefined && !isNumberIn(rate, 0, 1), 'a number from 0 to 1'],
    ['count', count !== undefined && !isIntegerIn(count, 1, Number.MAX_SAFE_INTEGER), 'a positive integer'],
    [
      'delayMs',
      (delayMs !== undefined || kind === 'delay') && !isIntegerIn(delayMs, 0, MAX_DELAY_MS),
      `an integer from 0 to ${MAX_DELAY_MS}`,
    ],
    ['delayMs', delayMs !== undefined && !waits, 'absent unless kind is delay or timeout-after'],
    ['seed', seed !== undefined && !isIntegerIn(seed, 0, MAX_SEED), `an integer from 0 to ${MAX_SEED}`],
  ];
  return [
    ...Object.keys(asked)
      .filter((name) => !MEMBERS.includes(name))
      .map((path) => ({ path, message: `is not known; allowed are ${MEMBERS.join(', ')}` })),
    ...checkTarget(target, kind),
    ...checks
      .filter(([, isWrong]) => isWrong)
      .map(([path, , allowed]) => ({ path, message: `must be ${allowed}, got ${show(asked[path])}` })),
  ];
}

function checkTarget(target: unknown, kind: unknown): MemberProblem[] {
  const { part, pattern } = parseTarget(typeof target === 'string' ? target : '');
  const wrong = (allowed: string) => [{ path: 'target', message: `must be ${allowed}, got ${show(target)}` }];
  if (!FAULT_PARTS.includes(part as FaultPart)) {
    return wrong(`one of ${FAULT_PARTS.join(', ')}, narrowed by :name if wanted`);
  }
  if (pattern === '') return wrong('a part, or a part with a name after the colon (* allowed)');
  if (part === 'function' && pattern === undefined) return wrong('function:name (* allowed)');
  return kind === 'crash' && part !== 'function' ? wrong('a function when kind is crash') : [];
}

function isNumberIn(value: unknown, minimum: number, maximum: number): boolean {
  return typeof value === 'number' && value >= minimum && value <= maximum;
}

function isIntegerIn(value: unknown, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && isNumberIn(value, minimum, maximum);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
