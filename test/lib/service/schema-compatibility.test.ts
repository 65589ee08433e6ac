import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import * as v from 'valibot';
import type { JsonSchema } from '../../../lib/service/event-schema';
import { breakingChanges } from '../../../lib/service/schema-compatibility';
import { validatorOf, valuesAllowedBy } from '../../support/json-schema';

const Id = v.pipe(v.string(), v.regex(/^ord_[0-9a-f]{8}$/));
const Line = v.object({ sku: v.string(), quantity: v.pipe(v.number(), v.integer(), v.minValue(1)) });
const members = {
  orderId: Id,
  status: v.picklist(['OPEN', 'DONE']),
  kind: v.literal('order'),
  note: v.optional(v.string()),
  price: v.nullable(v.number()),
  payer: v.variant('by', [v.object({ by: v.literal('card'), last4: v.string() }), v.object({ by: v.literal('bill') })]),
  lines: v.array(Line),
  labels: v.record(v.string(), v.string()),
  at: v.pipe(v.string(), v.isoTimestamp()),
  pair: v.tuple([v.string(), v.number()]),
};
const released = v.object(members);

const changes = (present: v.GenericSchema, was: v.GenericSchema = released) =>
  breakingChanges({ ...toJsonSchema(was) }, { ...toJsonSchema(present) }).map(({ path, what }) =>
    `${path} ${what}`.trim(),
  );

describe('a released schema', () => {
  it.each<[string, v.GenericSchema]>([
    ['nothing', v.object(members)],
    ['the order of its members', v.object(Object.fromEntries(Object.entries(members).reverse()))],
    ['the order of listed values', v.object({ ...members, status: v.picklist(['DONE', 'OPEN']) })],
    ['a new optional member', v.object({ ...members, gift: v.optional(v.boolean()) })],
    [
      'a new optional member deep within',
      v.object({ ...members, lines: v.array(v.object({ ...Line.entries, gift: v.optional(v.boolean()) })) }),
    ],
    [
      'a new optional member of an alternative',
      v.object({
        ...members,
        payer: v.variant('by', [
          v.object({ by: v.literal('card'), last4: v.string(), brand: v.optional(v.string()) }),
          v.object({ by: v.literal('bill') }),
        ]),
      }),
    ],
    ['words about it', v.pipe(v.object(members), v.title('Order'), v.description('An order.'))],
  ])('may change in %s', (_, present) => {
    expect(changes(present)).toEqual([]);
  });

  const { status: _status, ...withoutStatus } = members;
  const { note: _note, ...withoutNote } = members;
  it.each<[string, v.GenericSchema, string[]]>([
    ['lose a required member', v.object(withoutStatus), ['status is gone']],
    ['lose an optional member', v.object(withoutNote), ['note is gone']],
    [
      'rename a member',
      v.object({ ...withoutStatus, state: members.status }),
      ['status is gone', 'state is new and required: events of before lack it'],
    ],
    [
      'make a member optional',
      v.object({ ...members, status: v.optional(members.status) }),
      ['status is optional, was required'],
    ],
    ['make a member required', v.object({ ...members, note: v.string() }), ['note is required, was optional']],
    [
      'get a required member',
      v.object({ ...members, gift: v.boolean() }),
      ['gift is new and required: events of before lack it'],
    ],
    ['change a type', v.object({ ...members, at: v.number() }), ['at is number, was string']],
    [
      'take fractions',
      v.object({
        ...members,
        lines: v.array(v.object({ ...Line.entries, quantity: v.pipe(v.number(), v.minValue(1)) })),
      }),
      ['lines[].quantity is number, was integer'],
    ],
    ['say null', v.object({ ...members, orderId: v.nullable(Id) }), ['orderId is string or null, was string']],
    ['say null no more', v.object({ ...members, price: v.number() }), ['price is number, was number or null']],
    [
      'list another value',
      v.object({ ...members, status: v.picklist(['OPEN', 'DONE', 'LATE']) }),
      ['status may be "LATE" too, which consumers do not know'],
    ],
    [
      'list a value less',
      v.object({ ...members, status: v.picklist(['OPEN']) }),
      ['status may not be "DONE" any more: events of before would be refused'],
    ],
    [
      'rename a value',
      v.object({ ...members, kind: v.literal('purchase') }),
      [
        'kind may be "purchase" too, which consumers do not know',
        'kind may not be "order" any more: events of before would be refused',
      ],
    ],
    [
      'let a listed value be any',
      v.object({ ...members, status: v.string() }),
      ['status is string, was "OPEN" or "DONE"'],
    ],
    [
      'list what could be any',
      v.object({ ...members, note: v.optional(v.picklist(['a', 'b'])) }),
      ['note is "a" or "b", was string'],
    ],
    [
      'change a pattern',
      v.object({ ...members, orderId: v.pipe(v.string(), v.regex(/^ord_/)) }),
      ['orderId has pattern "^ord_", had "^ord_[0-9a-f]{8}$"'],
    ],
    [
      'drop a pattern',
      v.object({ ...members, orderId: v.string() }),
      ['orderId has pattern nothing, had "^ord_[0-9a-f]{8}$"'],
    ],
    ['drop a format', v.object({ ...members, at: v.string() }), ['at has format nothing, had "date-time"']],
    [
      'widen a bound',
      v.object({
        ...members,
        lines: v.array(v.object({ ...Line.entries, quantity: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
      }),
      ['lines[].quantity has minimum 0, had 1'],
    ],
    [
      'set a bound',
      v.object({ ...members, note: v.optional(v.pipe(v.string(), v.maxLength(10))) }),
      ['note has maxLength 10, had nothing'],
    ],
    [
      'set a bound of a list',
      v.object({ ...members, lines: v.pipe(v.array(Line), v.maxLength(10)) }),
      ['lines has maxItems 10, had nothing'],
    ],
    [
      'lose a member deep within',
      v.object({ ...members, lines: v.array(v.object({ sku: v.string() })) }),
      ['lines[].quantity is gone'],
    ],
    ['have another list', v.object({ ...members, lines: v.array(v.string()) }), ['lines[] is string, was object']],
    [
      'have a list for an object',
      v.object({ ...members, labels: v.array(v.string()) }),
      ['labels is list of string, was object'],
    ],
    [
      'change the values of a record',
      v.object({ ...members, labels: v.record(v.string(), v.number()) }),
      ['labels.* is number, was string'],
    ],
    ['close an object', v.strictObject(members), ['has additionalProperties false, had nothing']],
    [
      'have another tuple',
      v.object({ ...members, pair: v.tuple([v.string(), v.string()]) }),
      ['pair has items [{"type":"string"},{"type":"string"}], had [{"type":"string"},{"type":"number"}]'],
    ],
    [
      'offer an alternative less',
      v.object({ ...members, payer: v.variant('by', [members.payer.options[0]]) }),
      [expect.stringMatching(/^payer has oneOf \[.+\], had \[.+\]$/)],
    ],
    [
      'change within an alternative',
      v.object({ ...members, payer: v.variant('by', [v.object({ by: v.literal('card') }), members.payer.options[1]]) }),
      ['payer.last4 is gone'],
    ],
  ])('may not %s', (_, present, found) => {
    expect(changes(present)).toEqual(found);
  });

  it('that is closed may not get any member', () => {
    const gift = v.strictObject({ ...members, gift: v.optional(v.boolean()) });

    expect(changes(gift, v.strictObject(members))).toEqual([
      'gift is new, where consumers refuse what they do not know',
    ]);
  });

  it('says what would be compatible', () => {
    const present = toJsonSchema(v.object({ ...members, note: v.string(), gift: v.boolean() }));

    expect(breakingChanges({ ...toJsonSchema(released) }, { ...present }).map(({ instead }) => instead)).toEqual([
      'leave it optional',
      'make it optional',
    ]);
  });
});

/** Small schemas, of so few members and bounds that two of them are often compatible. */
const { schemas } = fc.letrec<{ schemas: JsonSchema }>((tie) => ({
  schemas: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<JsonSchema>(
      { type: 'string' },
      { type: 'string', pattern: '^a' },
      { type: 'string', maxLength: 3 },
    ),
    fc.constantFrom<JsonSchema>({ type: 'integer' }, { type: 'integer', minimum: 0 }, { type: 'boolean' }),
    fc.subarray(['x', 'y', 'z'], { minLength: 1 }).map((values) => ({ enum: values, type: 'string' })),
    tie('schemas').map((items) => ({ type: 'array', items })),
    tie('schemas').map((schema) => ({ anyOf: [schema, { type: 'null' }] })),
    fc
      .record({ a: tie('schemas'), b: tie('schemas') }, { requiredKeys: [], noNullPrototype: true })
      .chain((properties) =>
        fc.subarray(Object.keys(properties)).map((required) => ({ type: 'object', properties, required })),
      ),
  ),
}));

/** A schema and what may have become of it: an optional member more, or something else altogether. */
const pairs = fc.oneof(
  fc.tuple(schemas, schemas),
  fc
    .tuple(schemas, schemas, fc.boolean())
    .map(([schema, more, grows]): [JsonSchema, JsonSchema] => [
      schema,
      grows && schema.type === 'object'
        ? { ...schema, properties: { ...(schema.properties as object), c: more } }
        : structuredClone(schema),
    ]),
);

describe('two states of a schema between which no breaking change is found', () => {
  it('each accept what the other allows', () => {
    let compatible = 0;
    fc.assert(
      fc.property(pairs, fc.nat(), ([was, is], seed) => {
        if (breakingChanges(was, is).length > 0) return;
        compatible += 1;
        const refused = (by: JsonSchema, allowedBy: JsonSchema) => {
          const validate = validatorOf(by);
          return fc.sample(valuesAllowedBy(allowedBy), { numRuns: 5, seed }).filter((value) => !validate(value));
        };

        expect(refused(is, was)).toEqual([]);
        expect(refused(was, is)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(compatible).toBeGreaterThan(50);
  });
});
