import { AwsError } from './aws-error';
import { isObject, type LeafTest, parseOperator, Refusal } from './event-pattern-operators';

/** Whether an event passes. Anything but an object never does. */
export type EventPattern = (event: unknown) => boolean;

/**
 * Says why a service does not know an operator, or `undefined` when it does. `operand` is what stands after it, `path` the
 * field it is for.
 */
export type RefuseOperator = (operator: string, operand: unknown, path: readonly string[]) => string | undefined;

/**
 * Reads an event pattern with every operator that EventBridge rules know.
 *
 * A field of the event matches by its path; of a list any member may. Fields that lie in the same list must match in the same
 * member. Numbers are compared by value, `numeric` only within -5e9 and 5e9.
 *
 * `refuse`: for services that know fewer operators; see `RefuseOperator`.
 *
 * @throws {AwsError} `InvalidEventPatternException` with the reason
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function parseEventPattern(patternJson: string, refuse: RefuseOperator = () => undefined): EventPattern {
  try {
    const matches = toObjectTest(JSON.parse(patternJson), [], refuse);
    return (event) => isObject(event) && matches(event, event);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
  }
}

type JsonObject = Record<string, unknown>;

/** Tests an object that lies in an event; of the event itself only absence is asked. */
type ObjectTest = (object: JsonObject, event: JsonObject) => boolean;

function toObjectTest(pattern: unknown, path: readonly string[], refuse: RefuseOperator): ObjectTest {
  if (!isObject(pattern))
    throw new Refusal(`"${['pattern', ...path].join('.')}" must be an object or, for a field, an array`);
  if (Object.keys(pattern).length === 0) throw new Refusal('Empty objects are not allowed');
  const tests = Object.entries(pattern).map(([name, inner]) =>
    name === '$or' ? toChoice(inner, path, refuse) : toFieldTest(name, inner, path, refuse),
  );
  return (object, event) => tests.every((test) => test(object, event));
}

function toChoice(branches: unknown, path: readonly string[], refuse: RefuseOperator): ObjectTest {
  if (!Array.isArray(branches) || branches.length < 2) throw new Refusal('$or must be an array of at least 2 objects');
  const tests = branches.map((branch) => toObjectTest(branch, path, refuse));
  return (object, event) => tests.some((test) => test(object, event));
}

function toFieldTest(name: string, inner: unknown, outerPath: readonly string[], refuse: RefuseOperator): ObjectTest {
  const [head = '', ...tail] = name.split('.');
  const path = [...outerPath, head];
  if (Array.isArray(inner) && tail.length === 0) return toValueTest(inner, path, refuse);
  // A name with dots stands for a path.
  const matches = toObjectTest(tail.length === 0 ? inner : { [tail.join('.')]: inner }, path, refuse);
  return (object, event) => {
    const members = membersOf(object[head]).filter(isObject);
    // In an object that is not there, a field may still be asked to be absent.
    return (members.length === 0 ? [{}] : members).some((member) => matches(member, event));
  };
}

function toValueTest(alternatives: readonly unknown[], path: readonly string[], refuse: RefuseOperator): ObjectTest {
  if (alternatives.length === 0) throw new Refusal('Empty arrays are not allowed');
  const name = path.at(-1) ?? '';
  const tests = alternatives.map((alternative) => toLeafTest(alternative, path, refuse));
  const takesAbsence = tests.includes('absent');
  const leafTests = tests.filter((test) => test !== 'absent');
  return (object, event) =>
    valuesOf(object, [name]).some((value) => leafTests.some((test) => test(value))) ||
    // A field that some member of a list has is not absent in any of them.
    (takesAbsence && valuesOf(event, path).length === 0);
}

function toLeafTest(alternative: unknown, path: readonly string[], refuse: RefuseOperator): LeafTest | 'absent' {
  if (Array.isArray(alternative)) throw new Refusal('Match value must be String, number, true, false, or null');
  if (!isObject(alternative)) return (value) => value === alternative;
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(alternative);
  if (others.length > 0) throw new Refusal('Only one key allowed in match expression');
  const test = parseOperator(operator, operand);
  const reason = refuse(operator, operand, path);
  if (reason !== undefined) throw new Refusal(reason);
  return test;
}

/** The values without parts that lie under a path. */
function valuesOf(object: JsonObject, [name = '', ...rest]: readonly string[]): unknown[] {
  const members = membersOf(object[name]);
  if (rest.length === 0) return members.filter((member) => !isObject(member));
  return members.filter(isObject).flatMap((member) => valuesOf(member, rest));
}

/** A value alone, or the members of a list and of the lists in it. */
function membersOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat(Number.POSITIVE_INFINITY);
}
