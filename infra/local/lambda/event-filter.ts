import { type EventPattern, parseEventPattern, type RefuseOperator } from '../event-pattern';

/**
 * A filter from an event pattern, with the operators of event source mappings.
 *
 * @throws {AwsError} `InvalidEventPatternException` for every other operator, and for `numeric` on a DynamoDB number: it is a
 *   string in the record, so that on AWS the filter would drop everything.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function parseEventFilter(patternJson: string): EventPattern {
  return parseEventPattern(patternJson, refuse);
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
  const { body: pattern, ...others } = JSON.parse(patternJson) as Record<string, unknown>;
  const otherNames = Object.keys(others).join(', ');
  if (otherNames !== '') throw new Error(`a message of a queue can be filtered by its body only, got ${otherNames}`);
  return ({ body }) => {
    const document = parseDocument(body);
    return Array.isArray(pattern) === (document === undefined) && passes({ body: document ?? body });
  };
}

const refuse: RefuseOperator = (operator, operand, path) => {
  const isForOthers =
    ['cidr', 'wildcard'].includes(operator) || (typeof operand === 'object' && !Array.isArray(operand));
  if (isForOthers) return `an event source mapping does not know ${operator} with ${JSON.stringify(operand)}`;
  const isOfNumber = operator === 'numeric' && path[0] === 'dynamodb' && path.at(-1) === 'N';
  return isOfNumber ? `numeric of ${path.join('.')}: a DynamoDB number is a string in a stream record` : undefined;
};

/** A JSON object or array; any other text is a plain string to a filter. */
function parseDocument(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
