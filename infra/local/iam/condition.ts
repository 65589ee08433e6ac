import { type Pattern, toArnPattern, toExactPattern, toTextPattern } from './pattern';

/** What is known of a request beside its principal, action and resource, by condition key. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** Says of a request whether one key of a `Condition` holds for it. */
export type Condition = (context: RequestContext) => boolean;

/** A key that no request carries would make its statement mean something else here than on AWS, so others are refused. */
const KEYS = [
  'aws:SecureTransport',
  'aws:SourceArn',
  'aws:SourceAccount',
  'events:source',
  'events:detail-type',
  'lambda:FunctionUrlAuthType',
  'lambda:InvokedViaFunctionUrl',
];

const toBoolPattern = (text: string): Pattern => {
  if (!/^(true|false)$/i.test(text)) throw new Error(`Bool and Null compare with true or false, got ${text}`);
  return { text, matches: (value) => value.toLowerCase() === text.toLowerCase() };
};

/** `isNegated`: holds when none of the values matches. */
const OPERATORS: Readonly<Record<string, { toPattern(text: string): Pattern; isNegated: boolean }>> = {
  StringEquals: { toPattern: toExactPattern, isNegated: false },
  StringNotEquals: { toPattern: toExactPattern, isNegated: true },
  StringLike: { toPattern: toTextPattern, isNegated: false },
  StringNotLike: { toPattern: toTextPattern, isNegated: true },
  ArnEquals: { toPattern: toArnPattern, isNegated: false },
  ArnLike: { toPattern: toArnPattern, isNegated: false },
  ArnNotEquals: { toPattern: toArnPattern, isNegated: true },
  ArnNotLike: { toPattern: toArnPattern, isNegated: true },
  Bool: { toPattern: toBoolPattern, isNegated: false },
  Null: { toPattern: toBoolPattern, isNegated: false },
};

/**
 * Reads the `Condition` of a statement; all of them must hold.
 *
 * @throws {Error} for an operator or a key that the local cloud does not understand.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function parseConditions(block: unknown): Condition[] {
  return Object.entries(toObject(block, 'Condition')).flatMap(([operator, tests]) =>
    Object.entries(toObject(tests, operator)).map(([key, values]) => toCondition(operator, key, values)),
  );
}

function toCondition(operator: string, name: string, value: unknown): Condition {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const kind = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (kind === undefined || (base === 'Null' && (set ?? ifExists) !== undefined)) {
    throw new Error(`condition operator ${operator} is not supported; ${Object.keys(OPERATORS).join(', ')} are`);
  }
  // Names of keys are the same in upper and lower case.
  const key = KEYS.find((known) => known.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw new Error(`condition key ${name} is not supported; ${KEYS.join(', ')} are`);

  const patterns = [value].flat().map((text) => kind.toPattern(String(text)));
  if (base === 'Null') return (context) => patterns.some(({ matches }) => matches(String(context[key] === undefined)));
  const holds = (actual: string) => patterns.some(({ matches }) => matches(actual)) !== kind.isNegated;
  // Without the key a test fails, unless it asks for a difference or about all of the values that are there.
  const holdsWithoutKey = ifExists !== undefined || (set === undefined ? kind.isNegated : set === 'ForAllValues');
  return (context) => {
    const values = [context[key] ?? []].flat();
    if (values.length === 0) return holdsWithoutKey;
    return set === 'ForAnyValue' ? values.some(holds) : values.every(holds);
  };
}

function toObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} must be an object, got ${JSON.stringify(value)}`);
}
