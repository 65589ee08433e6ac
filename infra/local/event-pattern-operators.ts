import { BlockList, isIP } from 'node:net';

/** A test of a value without parts, as it stands in JSON. */
export type LeafTest = (value: unknown) => boolean;

/** What is wrong with a pattern; the caller makes the error that a client sees of it. */
export class Refusal extends Error {}

/**
 * The test that an expression such as `{ "prefix": "a" }` stands for; `absent` for `{ "exists": false }`.
 *
 * @throws {Refusal} when there is no such operator, or the operand does not fit
 */
export function parseOperator(operator: string, operand: unknown): LeafTest | 'absent' {
  if (operator === 'exists' && typeof operand === 'boolean') return operand ? () => true : 'absent';
  const create = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (create === undefined) throw new Refusal(`Unrecognized match type ${operator}`);
  const test = create(operand);
  if (test === undefined) throw new Refusal(`${operator} cannot have ${JSON.stringify(operand)}`);
  return test;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** By name; `undefined` when the operand does not fit. */
const OPERATORS: Readonly<Record<string, (operand: unknown) => LeafTest | undefined>> = {
  prefix: (operand) => toEndTest(operand, (text, end) => text.startsWith(end)),
  suffix: (operand) => toEndTest(operand, (text, end) => text.endsWith(end)),
  'equals-ignore-case': (operand) =>
    toTextTest(operand, (text, expected) => text.toLowerCase() === expected.toLowerCase()),
  'anything-but': toExclusion,
  numeric: toNumericTest,
  cidr: toAddressTest,
  wildcard: toWildcardTest,
  exists: () => undefined,
};

function toTextTest(operand: unknown, matches: (text: string, operand: string) => boolean): LeafTest | undefined {
  if (typeof operand !== 'string') return undefined;
  return (value) => typeof value === 'string' && matches(value, operand);
}

/** Of a text, or of `{ "equals-ignore-case": text }`. */
function toEndTest(operand: unknown, matches: (text: string, end: string) => boolean): LeafTest | undefined {
  if (!isObject(operand)) return toTextTest(operand, matches);
  const { 'equals-ignore-case': end, ...others } = operand;
  if (Object.keys(others).length > 0) return undefined;
  return toTextTest(end, (text, expected) => matches(text.toLowerCase(), expected.toLowerCase()));
}

/** Of a text, a number, a list of either, or another operator with a text or a list of them. */
function toExclusion(operand: unknown): LeafTest | undefined {
  if (isObject(operand)) {
    const [[operator, texts] = ['', undefined], ...others] = Object.entries(operand);
    const isKnown = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator);
    if (!isKnown || others.length > 0) return undefined;
    const excluded = [texts].flat().map((text) => parseOperator(operator, text) as LeafTest);
    return (value) => !excluded.some((matches) => matches(value));
  }
  const excluded: unknown[] = [operand].flat();
  const areOfType = (type: string) => excluded.every((value) => typeof value === type);
  if (excluded.length === 0 || !(areOfType('string') || areOfType('number'))) return undefined;
  return (value) => !excluded.includes(value);
}

const COMPARISONS = new Map<unknown, (value: number, bound: number) => boolean>([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

const MAX_NUMBER = 5e9;

/** `["=", 5]`, `["<", 5]`, or a range from below such as `[">", 0, "<=", 5]`. */
function toNumericTest(operand: unknown): LeafTest | undefined {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) return undefined;
  const [operator, bound, upperOperator, upperBound] = operand;
  const isWithin = COMPARISONS.get(operator);
  if (isWithin === undefined || !isNumber(bound)) return undefined;
  if (operand.length === 2) return (value) => isNumber(value) && isWithin(value, bound);
  const isBelow = COMPARISONS.get(upperOperator);
  const isRange = ['>', '>='].includes(operator) && ['<', '<='].includes(upperOperator) && bound < upperBound;
  if (isBelow === undefined || !isRange || !isNumber(upperBound)) return undefined;
  return (value) => isNumber(value) && isWithin(value, bound) && isBelow(value, upperBound);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_NUMBER;
}

function toAddressTest(operand: unknown): LeafTest | undefined {
  const [, address = '', bits = ''] = /^(.+)\/(\d+)$/.exec(String(operand)) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) >= (version === 4 ? 32 : 128)) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family);
  return (value) => typeof value === 'string' && block.check(value, family);
}

/** A star stands for any text. No two stars side by side; a backslash only before a star or a backslash, which it escapes. */
function toWildcardTest(operand: unknown): LeafTest | undefined {
  if (typeof operand !== 'string' || !/^(?:[^*\\]|\\[*\\]|\*(?!\*))*$/.test(operand)) return undefined;
  const source = operand.replace(/\\?[^\w]/g, (character) => (character === '*' ? '.*' : `\\${character.at(-1)}`));
  const expression = new RegExp(`^${source}$`, 's');
  return toTextTest(operand, (text) => expression.test(text));
}
