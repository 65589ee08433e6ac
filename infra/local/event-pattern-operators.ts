import {
  type LeafTest,
  onText,
  Refusal,
  textOf,
  toAddressTest,
  toNumericTest,
  toWildcardTest,
} from './event-pattern-values';

/**
 * Says why a service does not know an operator, or `undefined` when it does. `operand` is what stands after it, `path` the
 * field it is for.
 */
export type RefuseOperator = (operator: string, operand: unknown, path: readonly string[]) => string | undefined;

interface OperatorContext {
  readonly path: readonly string[];
  readonly refuse: RefuseOperator | undefined;
  readonly isInvalid: (reason: string) => Error;
}

/**
 * The test that an expression such as `{ "prefix": "a" }` stands for; `absent` for `{ "exists": false }`.
 *
 * @throws what `isInvalid` makes of the reason, when the expression is not valid
 */
export function parseOperator(
  expression: Record<string, unknown>,
  { path, refuse, isInvalid }: OperatorContext,
): LeafTest | 'absent' {
  const [entry, ...others] = Object.entries(expression);
  if (entry === undefined) throw isInvalid('Match expression name not found');
  const [operator, operand] = entry;
  const create = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (create === undefined) throw isInvalid(`Unrecognized match type ${operator}`);
  if (others.length > 0) throw isInvalid('Only one key allowed in match expression');
  const reason = refuse?.(operator, operand, path);
  if (reason !== undefined) throw isInvalid(reason);
  try {
    return create(operand);
  } catch (error) {
    throw error instanceof Refusal ? isInvalid(error.message) : error;
  }
}

const OPERATORS: Readonly<Record<string, (operand: unknown) => LeafTest | 'absent'>> = {
  prefix: (operand) => toTextTest('prefix', operand, startsWith),
  suffix: (operand) => toTextTest('suffix', operand, endsWith),
  'equals-ignore-case': (operand) => {
    const expected = textOf(operand, 'equals-ignore-case match pattern must be a string').toLowerCase();
    return onText((text) => text.toLowerCase() === expected);
  },
  wildcard: (operand) => toWildcardTest(operand),
  numeric: (operand) => toNumericTest(operand),
  cidr: (operand) => toAddressTest(textOf(operand, 'prefix match pattern must be a string')),
  exists: (operand) => {
    if (typeof operand !== 'boolean') throw new Refusal('exists match pattern must be either true or false.');
    return operand ? () => true : 'absent';
  },
  'anything-but': (operand) => {
    const excluded = toExcluded(operand);
    return (value) => !excluded.some((matches) => matches(value));
  },
};

const startsWith = (text: string, part: string) => text.startsWith(part);
const endsWith = (text: string, part: string) => text.endsWith(part);

/** `prefix` or `suffix` of a text, or of `{ "equals-ignore-case": text }`. */
function toTextTest(name: string, operand: unknown, test: (text: string, part: string) => boolean): LeafTest {
  if (!isObject(operand)) {
    const part = textOf(operand, `${name} match pattern must be a string`);
    return onText((text) => test(text, part));
  }
  const [entry, ...others] = Object.entries(operand);
  if (entry?.[0] !== 'equals-ignore-case') throw new Refusal(`Unsupported ${name} pattern: ${entry?.[0]}`);
  if (others.length > 0) throw new Refusal('Only one key allowed in match expression');
  const part = textOf(entry[1], 'equals-ignore-case match pattern must be a string').toLowerCase();
  return onText((text) => test(text.toLowerCase(), part));
}

function toExcluded(operand: unknown): LeafTest[] {
  if (isObject(operand)) return toExcludedBy(operand);
  const values: unknown[] = Array.isArray(operand) ? operand : [operand];
  const types = new Set(values.map((value) => typeof value));
  const isKnown = [...types].every((type) => type === 'string' || type === 'number');
  if (!isKnown && !Array.isArray(operand)) {
    throw new Refusal('Value of anything-but must be an array or single string/number value.');
  }
  if (!isKnown) throw new Refusal('Inside anything but list, start|null|boolean is not supported.');
  if (types.size !== 1) {
    throw new Refusal('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  const excluded = new Set(values);
  return [(value) => excluded.has(value)];
}

/** `anything-but` of another operator, with one text or a list of them. */
function toExcludedBy(operand: Record<string, unknown>): LeafTest[] {
  const [entry, ...others] = Object.entries(operand);
  if (entry === undefined) throw new Refusal('Anything-But expression name not found');
  const [operator, texts] = entry;
  const wrongText = Object.hasOwn(EXCLUDING, operator) ? EXCLUDING[operator] : undefined;
  if (wrongText === undefined) throw new Refusal(`Unsupported anything-but pattern: ${operator}`);
  if (others.length > 0) throw new Refusal('Too many elements in numeric expression');
  if (!['string', 'number'].includes(typeof texts) && !Array.isArray(texts)) {
    throw new Refusal('Value of anything-but must be an array or single string/number value.');
  }
  return [texts].flat().map((text: unknown) => {
    const isEmptyEnd = text === '' && (operator === 'prefix' || operator === 'suffix');
    if (isEmptyEnd) throw new Refusal('Null prefix/suffix not allowed');
    return OPERATORS[operator]?.(textOf(text, wrongText)) as LeafTest;
  });
}

/** What may stand inside `anything-but`, and what AWS answers when its operand is no text. */
const EXCLUDING: Readonly<Record<string, string>> = {
  prefix: 'prefix/suffix match pattern must be a string',
  suffix: 'prefix/suffix match pattern must be a string',
  'equals-ignore-case': 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  wildcard: 'wildcard match pattern must be a string',
};

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
