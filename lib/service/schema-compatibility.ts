import { isDeepStrictEqual } from 'node:util';
import { isSchema, type JsonSchema, membersOf, typeName, valuesOf } from './event-schema';

/** A change after which two parts that know different states of one schema no longer understand each other. */
export interface SchemaChange {
  /** Path of the member, such as `lines[].sku`; empty for the whole. */
  readonly path: string;
  readonly what: string;
  /** What would be compatible, where something close to it is. */
  readonly instead?: string;
}

/** Keywords that promise nothing about the values. */
const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'examples', 'deprecated', 'x-event']);
/** Keywords that are compared by their meaning, below. */
const COMPARED = new Set([
  'type',
  'properties',
  'required',
  'enum',
  'const',
  'items',
  'additionalProperties',
  'anyOf',
  'oneOf',
]);

/**
 * What of a present schema breaks with the released one. Both directions are looked at, because publishers, consumers and the archive
 * are never of one age: consumers that know what was released must understand what is published now, and consumers of now must accept
 * what was published then, which a replay delivers again. So an optional member may be added, and nothing else may change.
 *
 * Removing an optional member is a change too: nothing would keep its name from coming back with another type.
 *
 * @see https://docs.confluent.io/platform/8.4/schema-registry/fundamentals/schema-evolution.html (the type "Full, transitive")
 */
export function breakingChanges(released: JsonSchema, present: JsonSchema, path = ''): SchemaChange[] {
  if (typeFamily(released) !== typeFamily(present)) {
    return [{ path, what: `is ${typeName(present)}, was ${typeName(released)}` }];
  }
  return [
    ...memberChanges(released, present, path),
    ...valueChanges(released, present, path),
    ...nested('items', released, present, path, `${path}[]`),
    ...nested('additionalProperties', released, present, path, join(path, '*')),
    ...alternatives(released, present, path),
    ...otherKeywords(released, present, path),
  ];
}

function memberChanges(released: JsonSchema, present: JsonSchema, path: string): SchemaChange[] {
  const [was, is] = [membersOf(released), membersOf(present)];
  const kept = [...was.all].flatMap(([name, schema]): SchemaChange[] => {
    const now = is.all.get(name);
    const at = join(path, name);
    if (now === undefined) return [{ path: at, what: 'is gone' }];
    return [...presenceChange(at, was.required.has(name), is.required.has(name)), ...breakingChanges(schema, now, at)];
  });
  const added = [...is.all.keys()].filter((name) => !was.all.has(name));
  return [...kept, ...added.flatMap((name) => addition(join(path, name), is.required.has(name), released))];
}

function presenceChange(path: string, was: boolean, is: boolean): SchemaChange[] {
  if (was && !is) return [{ path, what: 'is optional, was required' }];
  if (!was && is) return [{ path, what: 'is required, was optional', instead: 'leave it optional' }];
  return [];
}

function addition(path: string, required: boolean, released: JsonSchema): SchemaChange[] {
  if (released.additionalProperties === false)
    return [{ path, what: 'is new, where consumers refuse what they do not know' }];
  if (!required) return [];
  return [{ path, what: 'is new and required: events of before lack it', instead: 'make it optional' }];
}

function valueChanges(released: JsonSchema, present: JsonSchema, path: string): SchemaChange[] {
  const [was, is] = [valuesOf(released), valuesOf(present)];
  if (was === undefined || is === undefined) return [];
  const added = is.filter((value) => !was.includes(value));
  const gone = was.filter((value) => !is.includes(value));
  const list = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ');
  return [
    ...(added.length > 0 ? [{ path, what: `may be ${list(added)} too, which consumers do not know` }] : []),
    ...(gone.length > 0
      ? [{ path, what: `may not be ${list(gone)} any more: events of before would be refused` }]
      : []),
  ];
}

/** A schema within a schema, such as that of a list's items, or what stands in its place. */
function nested(keyword: string, released: JsonSchema, present: JsonSchema, path: string, within: string) {
  const [was, is] = [released[keyword], present[keyword]];
  if (isSchema(was) && isSchema(is)) return breakingChanges(was, is, within);
  return isDeepStrictEqual(was, is) ? [] : [keywordChange(path, keyword, was, is)];
}

/** Alternatives are compared one by one, as long as there are as many as before. */
function alternatives(released: JsonSchema, present: JsonSchema, path: string): SchemaChange[] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const [was, is] = [released[keyword], present[keyword]];
    const comparable = Array.isArray(was) && Array.isArray(is) && was.length === is.length;
    if (!comparable) return nested(keyword, released, present, path, path);
    return was.flatMap((schema: JsonSchema, index) => breakingChanges(schema, is[index], path));
  });
}

function otherKeywords(released: JsonSchema, present: JsonSchema, path: string): SchemaChange[] {
  const keywords = new Set([...Object.keys(released), ...Object.keys(present)]);
  return [...keywords]
    .filter((keyword) => !ANNOTATIONS.has(keyword) && !COMPARED.has(keyword))
    .filter((keyword) => !isDeepStrictEqual(released[keyword], present[keyword]))
    .map((keyword) => keywordChange(path, keyword, released[keyword], present[keyword]));
}

function keywordChange(path: string, keyword: string, was: unknown, is: unknown): SchemaChange {
  const say = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return { path, what: `has ${keyword} ${say(is)}, had ${say(was)}` };
}

/** Listed values are of the type of their first; everything else is what its schema says. */
function typeFamily(schema: JsonSchema): unknown {
  const values = valuesOf(schema);
  if (values) return `one of some ${typeof values[0]}s`;
  return schema.anyOf ? 'anyOf' : schema.oneOf ? 'oneOf' : schema.type;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
