import { type Pattern, toArnPattern, toExactPattern, toTextPattern } from './pattern';

/** What is known of a request beside its principal, action and resource, by condition key. */
export type RequestContext = Readonly<Record<string, string>>;

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

/**
 * Reads the `Condition` of a statement; all of them must hold. No key here has several values, so operators for sets of them
 * are not known.
 *
 * @throws {Error} for an operator or a key that the local cloud does not understand.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseConditions(block: object): Condition[] {
  return Object.entries(block).flatMap(([operator, tests]) =>
    Object.entries(tests as object).map(([key, values]) => toCondition(operator, key, values)),
  );
}

function toCondition(operator: string, name: string, expected: unknown): Condition {
  const base = operator.replace(/IfExists$/, '');
  const toPattern = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (toPattern === undefined) {
    throw new Error(`condition operator ${operator} is not supported; ${Object.keys(OPERATORS).join(', ')} are`);
  }
  // Names of keys are the same in upper and lower case.
  const key = KEYS.find((known) => known.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw new Error(`condition key ${name} is not supported; ${KEYS.join(', ')} are`);

  const isNegated = base.includes('Not');
  const patterns = [expected].flat().map((text) => toPattern(String(text)));
  const holds = (actual: string) => patterns.some(({ matches }) => matches(actual)) !== isNegated;
  if (base === 'Null') return (context) => holds(String(context[key] === undefined));
  // Without the key a test fails, unless it asks for a difference.
  const holdsWithoutKey = isNegated || operator !== base;
  return (context) => {
    const actual = context[key];
    return actual === undefined ? holdsWithoutKey : holds(actual);
  };
}
