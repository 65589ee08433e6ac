import specs from '@asyncapi/specs';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { isSchema, type JsonSchema, membersOf, valuesOf } from '../../lib/service/event-schema';

const OPTIONS = { strict: false, allErrors: true };
const plain = addFormats(new Ajv(OPTIONS));

/** Checks values against a JSON Schema of draft 7, or against one that a document has at a place such as `#/components/schemas/a`. */
export function validatorOf(schema: object, at?: string): ValidateFunction {
  if (at === undefined) return plain.compile(schema);
  return addFormats(new Ajv(OPTIONS))
    .addSchema(schema, 'document')
    .compile({ $ref: `document${at}` });
}

/** Checks documents against the schema that AsyncAPI publishes for its version 3.0.0. It has draft 7 within it. */
export function asyncApiValidator(): ValidateFunction {
  const ajv = addFormats(new Ajv({ ...OPTIONS, meta: false, validateSchema: false }));
  return ajv.compile(specs.schemas['3.0.0']);
}

/**
 * Values that a schema allows, with all that the schema leaves open: optional members are there or not.
 *
 * @throws {Error} when the schema asks for something that this does not know.
 */
export function valuesAllowedBy(schema: JsonSchema): fc.Arbitrary<unknown> {
  const values = valuesOf(schema);
  if (values) return fc.constantFrom(...values);
  const choice = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choice)) return fc.oneof(...choice.map(valuesAllowedBy));
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return fc.array(valuesAllowedBy(isSchema(schema.items) ? schema.items : {}), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Number(schema.maxItems ?? 5),
      });
    case 'string':
      return strings(schema);
    case 'integer':
      return fc.integer({
        min: Number(schema.minimum ?? Number.MIN_SAFE_INTEGER),
        max: Number(schema.maximum ?? Number.MAX_SAFE_INTEGER),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`);
  }
}

function objects(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { all, required } = membersOf(schema);
  const model = Object.fromEntries([...all].map(([name, member]) => [name, valuesAllowedBy(member)]));
  return fc.record(model, { requiredKeys: [...required], noNullPrototype: true });
}

function strings({ pattern, format, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    return fc
      .date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((at) => at.toISOString());
  }
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength: Number(minLength ?? 0), maxLength: Number(maxLength ?? 40) });
}
