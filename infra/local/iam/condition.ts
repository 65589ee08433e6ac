import { type Pattern, toArnPattern, toExactPattern, toTextPattern } from './pattern';

/** What is known of a request beside its principal, action and resource, by condition key; a key for sets has several values. */
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

/** Those with several values in one request. */
const SET_KEYS = ['dynamodb:LeadingKeys'];

/** Those with `Not` in them hold when none of the values matches. */
const OPERATORS: Readonly<Record<string, (text: string) => Pattern>> = {
  StringEquals: toExactPattern,
  StringNotEquals: toExactPattern,
  StringLike: toTextPattern,
  StringNotLike: toTextPattern,
  ArnEquals: toArnPattern,
  ArnLike: toArnPattern,
  ArnNotEquals: toArnPattern,
  ArnNotLike: toArnPattern,
  Bool: (text) => toExactPattern(text.toLowerCase()),
  Null: (text) => toExactPattern(text.toLowerCase()),
};

/** How a test of one value is put to several. The first holds where there is none, the key included; the second does not. */
const SET_OPERATORS = {
  'ForAllValues:': (values: readonly string[], holds: (value: string) => boolean) => values.every(holds),
  'ForAnyValue:': (values: readonly string[], holds: (value: string) => boolean) => values.some(holds),
} as const;

/**
 * Reads the `Condition` of a statement; all of them must hold. AWS wants the operators for sets with keys that have several values, and
 * with no others; here nothing else is taken.
 *
 * @throws {Error} for an operator or a key that the local cloud does not understand.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function parseConditions(block: object): Condition[] {
  return Object.entries(block).flatMap(([operator, tests]) =>
    Object.entries(tests as object).map(([key, values]) => toCondition(operator, key, values)),
  );
}

function toCondition(operator: string, name: string, expected: unknown): Condition {
  const set = (Object.keys(SET_OPERATORS) as Array<keyof typeof SET_OPERATORS>).find((it) => operator.startsWith(it));
  const single = operator.slice(set?.length ?? 0);
  const base = single.replace(/IfExists$/, '');
  const toPattern = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (toPattern === undefined || (set && single === 'Null')) {
    throw new Error(`condition operator ${operator} is not supported; ${Object.keys(OPERATORS).join(', ')} are`);
  }
  const key = getKey(name);
  if (SET_KEYS.includes(key) !== (set !== undefined) && base !== 'Null') {
    const wanted = set ? 'without ForAllValues and ForAnyValue' : 'with ForAllValues or ForAnyValue';
    throw new Error(`condition key ${key} is supported only ${wanted}, got ${operator}`);
  }
  const isNegated = base.includes('Not');
  const patterns = [expected].flat().map((text) => toPattern(String(text)));
  const holds = (actual: string) => patterns.some(({ matches }) => matches(actual)) !== isNegated;
  if (base === 'Null') return (context) => holds(String([context[key] ?? []].flat().length === 0));
  if (set) return (context) => SET_OPERATORS[set]([context[key] ?? []].flat(), holds);
  // Without the key a test fails, unless it asks for a difference.
  const holdsWithoutKey = isNegated || operator !== base;
  return (context) => {
    const actual = context[key];
    return typeof actual === 'string' ? holds(actual) : holdsWithoutKey;
  };
}

/** The key as AWS writes it: names of keys are the same in upper and lower case. */
function getKey(name: string): string {
  const known = [...KEYS, ...SET_KEYS];
  const key = known.find((one) => one.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw new Error(`condition key ${name} is not supported; ${known.join(', ')} are`);
  return key;
}
