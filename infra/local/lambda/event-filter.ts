/** Whether an event passes. */
export type EventFilter = (event: unknown) => boolean;

/** A pattern and the field it is for: `undefined` stands for a field that is absent. */
type FieldTest = (value: unknown) => boolean;

/**
 * A filter from an event pattern: equality, `prefix`, `anything-but`, `numeric` and `exists`.
 *
 * @throws {Error} for every other operator, and for `numeric` on a DynamoDB number: it is a string in the record, so that on
 *   AWS the filter would drop everything.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function parseEventFilter(patternJson: string): EventFilter {
  const pattern: unknown = parseJson(patternJson);
  if (!isObject(pattern)) throw new Error(`an event pattern must be a JSON object, got ${patternJson}`);
  return toTest(pattern, []);
}

/**
 * A filter for the messages of a queue, by their body: as text when the pattern gives values for it (`{ "body": ["go"] }`), as
 * JSON when it names fields. A message of the other kind does not pass, whatever the pattern.
 *
 * @throws {Error} as `parseEventFilter`, and for a pattern of anything but the body.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function parseMessageFilter(patternJson: string): (message: { readonly body: string }) => boolean {
  const passes = parseEventFilter(patternJson);
  const pattern = JSON.parse(patternJson) as Record<string, unknown>;
  const others = Object.keys(pattern).filter((name) => name !== 'body');
  if (others.length > 0) {
    throw new Error(`event pattern: a message of a queue can be filtered by its body only, got ${others.join(', ')}`);
  }
  const wantsJson = isObject(pattern.body);
  return ({ body }) => {
    const parsed = parseDocument(body);
    return wantsJson === (parsed !== undefined) && passes({ body: parsed ?? body });
  };
}

/** A JSON object or array; any other text is a plain string to a filter. */
function parseDocument(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`an event pattern must be JSON, got ${text}`);
  }
}

function toTest(pattern: unknown, path: string[]): FieldTest {
  if (Array.isArray(pattern)) {
    const alternatives = pattern.map((alternative) => toValueTest(alternative, path));
    // A list or set passes when one of its members does.
    return (value) => [value].flat().some((member) => alternatives.some((matches) => matches(member)));
  }
  if (!isObject(pattern)) {
    throw new Error(`event pattern: ${path.join('.')} must be an object or an array, got ${JSON.stringify(pattern)}`);
  }
  const fields = Object.entries(pattern).map(([name, inner]) => {
    if (name.startsWith('$')) throw new Error(`event pattern: the operator ${name} is not supported`);
    return { name, matches: toTest(inner, [...path, name]) };
  });
  return (value) => fields.every(({ name, matches }) => matches(isObject(value) ? value[name] : undefined));
}

function toValueTest(alternative: unknown, path: string[]): FieldTest {
  if (!isObject(alternative)) return (value) => value === alternative;
  const entries = Object.entries(alternative);
  const [operator, operand] = entries[0] ?? ['(none)', undefined];
  const create = entries.length === 1 ? OPERATORS[operator] : undefined;
  if (create === undefined) {
    const known = Object.keys(OPERATORS).join(', ');
    throw new Error(
      `event pattern: ${path.join('.')} has ${JSON.stringify(alternative)}; the operators are ${known}, one at a time`,
    );
  }
  return create(operand, path);
}

const OPERATORS: Record<string, (operand: unknown, path: string[]) => FieldTest> = {
  prefix: (operand, path) => {
    if (typeof operand !== 'string') throw isUnfit('prefix', 'a string', operand, path);
    return (value) => typeof value === 'string' && value.startsWith(operand);
  },
  exists: (operand, path) => {
    if (typeof operand !== 'boolean') throw isUnfit('exists', 'true or false', operand, path);
    // It looks at leaves only: a field that holds an object does not exist for it.
    return (value) => (value !== undefined && !isObject(value)) === operand;
  },
  'anything-but': (operand, path) => {
    const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
    if (!excluded.every((value) => typeof value === 'string' || typeof value === 'number')) {
      throw isUnfit('anything-but', 'strings or numbers', operand, path);
    }
    return (value) => value !== undefined && !isObject(value) && !(excluded as unknown[]).includes(value);
  },
  numeric: (operand, path) => {
    if (path[0] === 'dynamodb' && path.at(-1) === 'N') {
      throw new Error(
        `event pattern: ${path.join('.')} has numeric, but a DynamoDB number is a string in a stream record: no record would pass`,
      );
    }
    return toNumericTest(operand, path);
  },
};

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** `["=", 5]` or a range such as `[">", 0, "<=", 5]`. */
function toNumericTest(operand: unknown, path: string[]): FieldTest {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  const bounds: Array<(value: number) => boolean> = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const bound = parts[index + 1];
    if (compare === undefined || typeof bound !== 'number') throw isUnfit('numeric', RANGE, operand, path);
    bounds.push((value) => compare(value, bound));
  }
  if (bounds.length < 1 || bounds.length > 2) throw isUnfit('numeric', RANGE, operand, path);
  return (value) => typeof value === 'number' && bounds.every((holds) => holds(value));
}

const RANGE = 'one or two pairs of =, <, <=, > or >= and a number';

function isUnfit(operator: string, allowed: string, operand: unknown, path: string[]): Error {
  return new Error(
    `event pattern: ${operator} of ${path.join('.')} must be ${allowed}, got ${JSON.stringify(operand)}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
