import { AwsError } from './aws-error';
import { isObject, parseOperator, type RefuseOperator } from './event-pattern-operators';
import type { Leaf, LeafTest } from './event-pattern-values';

export type { RefuseOperator } from './event-pattern-operators';

/** Whether an event passes. Anything but an object never does. */
export type EventPattern = (event: unknown) => boolean;

/**
 * Reads an event pattern with every operator that EventBridge rules know.
 *
 * A field of the event matches by its path; of a list any member may. Fields that lie in the same list must match in the same
 * member. Numbers are compared by value, `numeric` only within -5e9 and 5e9.
 *
 * `refuse`: for services that know fewer operators; see `RefuseOperator`.
 *
 * @throws {AwsError} `InvalidEventPatternException` with the reason, as AWS words it
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function parseEventPattern(patternJson: string, refuse?: RefuseOperator): EventPattern {
  const pattern = parseJson(patternJson);
  if (!isObject(pattern)) throw isInvalid('Filter is not an object');
  const combinations = addFields([new Map()], [], pattern, { refuse, isInOr: false });
  return (event) => isObject(event) && matchesAny(combinations, event);
}

/** One way to match: what each path asks for. Several paths make one combination, `$or` makes several. */
type Combination = ReadonlyMap<string, FieldTest>;

interface FieldTest {
  readonly alternatives: readonly LeafTest[];
  readonly takesAbsence: boolean;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const MAX_COMBINATIONS = 1000;

/** Names that may not stand for a field inside `$or`: they are operators, or may become some. */
const RESERVED_IN_OR = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard ' +
    'not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range ' +
    'ip-address-not-in-range'
  ).split(' '),
);

interface Context {
  readonly refuse: RefuseOperator | undefined;
  readonly isInOr: boolean;
}

function addFields(
  combinations: readonly Combination[],
  path: readonly string[],
  fields: Record<string, unknown>,
  context: Context,
): readonly Combination[] {
  if (Object.keys(fields).length === 0) throw isInvalid('Empty objects are not allowed');
  let current = combinations;
  for (const [name, inner] of Object.entries(fields)) {
    if (name === '$or') current = addAlternatives(current, path, inner, context);
    else if (context.isInOr && RESERVED_IN_OR.has(name)) {
      throw isInvalid(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    } else if (Array.isArray(inner)) current = addField(current, [...path, name], inner, context);
    else if (isObject(inner)) current = addFields(current, [...path, name], inner, context);
    else throw isInvalid(`"${name}" must be an object or an array`);
  }
  return current;
}

function addAlternatives(
  combinations: readonly Combination[],
  path: readonly string[],
  alternatives: unknown,
  context: Context,
): readonly Combination[] {
  if (!Array.isArray(alternatives)) throw isInvalid('It must be an Array followed with $or.');
  const branches = alternatives.map((alternative: unknown) => {
    if (!isObject(alternative)) throw isInvalid('Only JSON object is allowed in array of $or relationship.');
    return addFields(combinations, path, alternative, { ...context, isInOr: true });
  });
  if (branches.length < 2) throw isInvalid('There must have at least 2 Objects in $or relationship.');
  const all = branches.flat();
  if (all.length > MAX_COMBINATIONS) {
    throw isInvalid(`$or makes ${all.length} combinations, at most ${MAX_COMBINATIONS} are allowed`);
  }
  return all;
}

function addField(
  combinations: readonly Combination[],
  path: readonly string[],
  values: readonly unknown[],
  { refuse }: Context,
): readonly Combination[] {
  if (values.length === 0) throw isInvalid('Empty arrays are not allowed');
  const name = path.join('.');
  const alternatives = values.map((value) => {
    if (Array.isArray(value)) throw isInvalid('Match value must be String, number, true, false, or null');
    return isObject(value) ? parseOperator(value, { path, refuse, isInvalid }) : toEquality(value as Leaf);
  });
  const test: FieldTest = {
    alternatives: alternatives.filter((alternative) => alternative !== 'absent'),
    takesAbsence: alternatives.includes('absent'),
  };
  return combinations.map((combination) => {
    if (combination.has(name)) throw isInvalid(`Path \`${name}\` cannot be allowed multiple times`);
    return new Map(combination).set(name, test);
  });
}

function toEquality(expected: Leaf): LeafTest {
  return (value) => value === expected;
}

/** Where in the event's lists a value lies: the index of its member, by list. */
type Place = ReadonlyMap<number, number>;

interface Field {
  readonly value: Leaf;
  readonly place: Place;
}

function matchesAny(combinations: readonly Combination[], event: Record<string, unknown>): boolean {
  const fields = new Map<string, Field[]>();
  let lists = 0;
  const collect = (value: unknown, path: string, place: Place): void => {
    if (Array.isArray(value)) {
      lists += 1;
      const list = lists;
      value.forEach((member: unknown, index) => {
        const isLeaf = typeof member !== 'object' || member === null;
        // A plain value shares its list with nothing, so that it fits to every other field.
        collect(member, path, isLeaf ? place : new Map(place).set(list, index));
      });
    } else if (isObject(value)) {
      for (const [name, inner] of Object.entries(value)) collect(inner, path === '' ? name : `${path}.${name}`, place);
    } else {
      const found = fields.get(path);
      if (found === undefined) fields.set(path, [{ value: value as Leaf, place }]);
      else found.push({ value: value as Leaf, place });
    }
  };
  collect(event, '', new Map());
  return combinations.some((combination) => matches(combination, fields));
}

function matches(combination: Combination, fields: ReadonlyMap<string, readonly Field[]>): boolean {
  const choices: Place[][] = [];
  for (const [name, { alternatives, takesAbsence }] of combination) {
    const found = fields.get(name) ?? [];
    if (takesAbsence && found.length === 0) continue;
    const fitting = found.filter(({ value }) => alternatives.some((fits) => fits(value))).map(({ place }) => place);
    if (fitting.length === 0) return false;
    // A place outside of all lists goes with any other, so nothing has to be chosen.
    if (!fitting.some((place) => place.size === 0)) choices.push(fitting);
  }
  return canAgree(choices, new Map());
}

/** Whether one place can be chosen for each field so that no two of them lie in different members of one list. */
function canAgree(choices: ReadonlyArray<readonly Place[]>, chosen: Place): boolean {
  const [first, ...rest] = choices;
  if (first === undefined) return true;
  return first.some((place) => {
    const agrees = [...place].every(([list, index]) => (chosen.get(list) ?? index) === index);
    return agrees && canAgree(rest, new Map([...chosen, ...place]));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw isInvalid((error as Error).message);
  }
}

function isInvalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
