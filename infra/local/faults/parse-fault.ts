import { FAULT_KINDS, FAULT_PARTS, type FaultSettings } from './fault';

/** What is wrong with one member of a fault that was asked for. */
export interface MemberProblem {
  /** The member's name; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

type Asked = Readonly<Record<string, unknown>>;

const MEMBERS = ['target', 'kind', 'rate', 'count', 'delayMs', 'seed'];
const MAX_DELAY_MS = 900_000;
const MAX_SEED = 0xffff_ffff;

/** Reads a fault out of JSON; without `settings` when it cannot be meant. Every problem is told at once. */
export function parseFault(document: unknown): { settings?: FaultSettings; errors: readonly MemberProblem[] } {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    const message = `must be a JSON object with target and kind, got ${show(document)}`;
    return { errors: [{ path: '', message }] };
  }
  const asked = document as Asked;
  const unknown = Object.keys(asked).filter((name) => !MEMBERS.includes(name));
  const errors = [
    ...unknown.map((path) => ({ path, message: `is not known; allowed are ${MEMBERS.join(', ')}` })),
    ...checksOf(asked)
      .filter(([, isRight]) => !isRight)
      .map(([path, , allowed]) => ({ path, message: `must be ${allowed}, got ${show(asked[path])}` })),
  ];
  return errors.length > 0 ? { errors } : { errors, settings: { rate: 1, ...asked } as unknown as FaultSettings };
}

function checksOf(asked: Asked): Array<readonly [path: string, isRight: boolean, allowed: string]> {
  const { target, kind, rate = 1, count = 1, delayMs = kind === 'delay' ? undefined : 0, seed = 0 } = asked;
  const [, part = '', pattern] = /^([^:]*)(?::(.+))?$/s.exec(String(target)) ?? [];
  const isFunction = part === 'function' && pattern !== undefined;
  const isPart = part !== 'function' && FAULT_PARTS.some((known) => known === part);
  const waits = kind === 'delay' || kind === 'timeout-after';
  return [
    [
      'target',
      isFunction || isPart,
      `function:name or one of ${FAULT_PARTS.slice(1).join(', ')}, narrowed by :name if wanted`,
    ],
    ['target', kind !== 'crash' || !isPart, 'a function when kind is crash'],
    ['kind', FAULT_KINDS.some((known) => known === kind), `one of ${FAULT_KINDS.join(', ')}`],
    ['rate', typeof rate === 'number' && rate >= 0 && rate <= 1, 'a number from 0 to 1'],
    ['count', isIntegerIn(count, 1, Number.MAX_SAFE_INTEGER), 'a positive integer'],
    ['delayMs', isIntegerIn(delayMs, 0, MAX_DELAY_MS), `an integer from 0 to ${MAX_DELAY_MS}`],
    ['delayMs', asked.delayMs === undefined || waits, 'absent unless kind is delay or timeout-after'],
    ['seed', isIntegerIn(seed, 0, MAX_SEED), `an integer from 0 to ${MAX_SEED}`],
  ];
}

function isIntegerIn(value: unknown, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
