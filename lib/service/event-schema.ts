import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { EventMetadata } from '../events/event-metadata';
import type { EventContract } from './event-contract';

/** JSON Schema, draft 7. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One version of an event as it is released: the schema of its data, and what else consumers rely on. Kept in docs/events. */
export interface ReleasedEvent extends JsonSchema {
  readonly 'x-event': Readonly<Record<'type' | 'source' | 'aggregate', string>> & { readonly version: number };
}

/**
 * One version of an event, ready to be released.
 *
 * @throws {Error} when the event has no such version, or JSON Schema cannot say what the version asks for: a check that only code can
 * make would be a promise that no consumer can read.
 */
export function toReleasedEvent(contract: EventContract, version: number): ReleasedEvent {
  const { type, source, aggregate, summary } = contract;
  const { $schema, ...schema } = toSchema(contract, version);
  return {
    $schema,
    title: `${type} version ${version}`,
    description: summary,
    'x-event': { type, version, source, aggregate },
    ...schema,
  };
}

/** The metadata that every event carries beside its data, ready to be released. */
export function toReleasedEnvelope(): JsonSchema {
  const { $schema, ...schema } = toJsonSchema(EventMetadata);
  return { $schema, title: ENVELOPE, description: 'What every event carries beside its data.', ...schema };
}

/** The name of the envelope's schema and of its file. */
export const ENVELOPE = 'metadata';

/** `<type>.v<version>`: the name of a version in documents and of its file. */
export function releaseName(type: string, version: number): string {
  return `${type}.v${version}`;
}

/** A schema's type in words: `string`, `list of integer`, `"OPEN" or "DONE"`, `object`. */
export function typeName(schema: JsonSchema): string {
  const choice = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choice)) return choice.map(typeName).join(' or ');
  const values = valuesOf(schema);
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.type === 'array') return isSchema(schema.items) ? `list of ${typeName(schema.items)}` : 'list';
  return typeof schema.type === 'string' ? schema.type : 'anything';
}

/** The only values that a schema allows, when it lists them. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** The members of an object's schema, by name, and which of them are always there. */
export function membersOf(schema: JsonSchema): {
  readonly all: Map<string, JsonSchema>;
  readonly required: Set<string>;
} {
  const all = Object.entries(isSchema(schema.properties) ? schema.properties : {});
  return {
    all: new Map(all.filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]))),
    required: new Set(Array.isArray(schema.required) ? (schema.required as string[]) : []),
  };
}

/** Whether a keyword's value is a schema (or a map of schemas), and not a list or a plain value. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toSchema({ type, versions }: EventContract, version: number): JsonSchema {
  const schema: GenericSchema | undefined = versions[version - 1]?.schema;
  if (schema === undefined) throw new Error(`${type} has no version ${version}`);
  try {
    return { ...toJsonSchema(schema) };
  } catch (cause) {
    throw new Error(`${type} version ${version} asks for something that JSON Schema cannot say`, { cause });
  }
}
