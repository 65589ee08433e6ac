/** The operators of event patterns that compare texts, numbers and addresses. */
import { BlockList, isIP } from 'node:net';

/** A value without parts, as it stands in JSON. */
export type Leaf = string | number | boolean | null;

export type LeafTest = (value: Leaf) => boolean;

/** What an operator refuses; the caller makes the error that a client sees of it. */
export class Refusal extends Error {}

export function onText(test: (text: string) => boolean): LeafTest {
  return (value) => typeof value === 'string' && test(value);
}

export function textOf(operand: unknown, reason: string): string {
  if (typeof operand !== 'string') throw new Refusal(reason);
  return operand;
}

/** AWS measures how many places of a pattern one text can be at; more than this many wildcards come out as too many. */
const MAX_WILDCARDS = 5;

export function toWildcardTest(operand: unknown): LeafTest {
  const pattern = textOf(operand, 'wildcard match pattern must be a string');
  const parts: string[] = [''];
  for (let at = 0; at < pattern.length; at += 1) {
    const [character, next] = [pattern[at] ?? '', pattern[at + 1]];
    // AWS counts from the quote before the text.
    if (character === '*' && next === '*') throw new Refusal(`Consecutive wildcard characters at pos ${at + 1}`);
    if (character === '*') parts.push('');
    else if (character !== '\\') parts[parts.length - 1] += character;
    else if (next === '*' || next === '\\') {
      parts[parts.length - 1] += next;
      at += 1;
    } else throw new Refusal(`Invalid escape character at pos ${at + 1}`);
  }
  if (parts.length - 1 > MAX_WILDCARDS) {
    throw new Refusal(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    );
  }
  return onText((text) => matchesParts(text, parts));
}

/** Whether the text has the parts in their order: the first at its beginning, the last at its end. */
function matchesParts(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const MAX_NUMBER = 5e9;

/** `["=", 5]`, `["<", 5]`, or a range from below such as `[">", 0, "<=", 5]`. */
export function toNumericTest(operand: unknown): LeafTest {
  if (!Array.isArray(operand)) throw new Refusal('Value of numeric must be an array.');
  const [operator, bound, upperOperator, upperBound, ...more] = operand as unknown[];
  const holds = toComparison(operator, bound, Object.keys(COMPARISONS), 'Unrecognized numeric range operator');
  const tests = [holds];
  if (operand.length > 2) {
    if (operator !== '>' && operator !== '>=') throw new Refusal('Too many elements in numeric expression');
    tests.push(toComparison(upperOperator, upperBound, ['<', '<='], 'Bad numeric range operator'));
    if (more.length > 0) throw new Refusal('Too many terms in numeric range expression');
    if (Number(bound) >= Number(upperBound)) throw new Refusal('Bottom must be less than top');
  }
  return (value) => typeof value === 'number' && Math.abs(value) <= MAX_NUMBER && tests.every((test) => test(value));
}

function toComparison(operator: unknown, bound: unknown, allowed: string[], reason: string) {
  if (typeof operator !== 'string') throw new Refusal(`Invalid member in numeric match: ${JSON.stringify(operator)}`);
  const compare = allowed.includes(operator) ? COMPARISONS[operator] : undefined;
  if (compare === undefined) throw new Refusal(`${reason}: ${operator}`);
  if (typeof bound !== 'number') {
    throw new Refusal(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
  }
  if (Math.abs(bound) > MAX_NUMBER) throw new Refusal('Value must be between -5.0E9 and 5.0E9, inclusive');
  return (value: number) => compare(value, bound);
}

export function toAddressTest(cidr: string): LeafTest {
  const [address = '', bits, ...more] = cidr.split('/');
  if (bits === undefined || more.length > 0) throw new Refusal("Malformed CIDR, one '/' required");
  if (!/^-?\d+$/.test(bits)) throw new Refusal('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) throw new Refusal('Malformed CIDR, mask bits must not be negative');
  const family = isIP(address);
  if (family === 0) throw new Refusal(`Nonstandard IP address: ${address}`);
  const width = family === 4 ? 32 : 128;
  if (Number(bits) >= width) throw new Refusal(`IPv${family} mask bits must be < ${width}`);

  const block = new BlockList();
  block.addSubnet(address, Number(bits), `ipv${family}` as 'ipv4' | 'ipv6');
  return onText((text) => block.check(text, `ipv${family}` as 'ipv4' | 'ipv6'));
}
