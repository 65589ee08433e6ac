import fc from 'fast-check';
import * as v from 'valibot';
import { services } from '../../../functions/services';
import { toAsyncApi } from '../../../lib/service/asyncapi';
import { defineService, type ServiceContract } from '../../../lib/service/contract';
import { defineEvent, liveVersions, nextVersion, on } from '../../../lib/service/event-contract';
import { toReleasedEnvelope, toReleasedEvent } from '../../../lib/service/event-schema';
import { asyncApiValidator, validatorOf, valuesAllowedBy } from '../../support/json-schema';

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON of many shapes
type Json = any;

const document: Json = toAsyncApi(services);
const contracts = services.flatMap(({ events = [] }) => events);
const published = contracts.flatMap((contract) => liveVersions(contract).map((version) => ({ contract, version })));
const nameOf = ({ contract, version }: (typeof published)[number]) => `${contract.type}.v${version}`;

/** What a reference of the document points to. */
const at = (reference: string): Json =>
  reference
    .slice(2)
    .split('/')
    .reduce((part: Json, key) => part?.[key], document);

describe('the AsyncAPI document', () => {
  it('is what the specification asks for, and is plain JSON', () => {
    const validate = asyncApiValidator();

    expect(validate(document)).toBe(true);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(JSON.stringify(document)).not.toContain('"$schema"');
  });

  it.each<[string, (broken: Json) => void]>([
    [
      'an operation that neither sends nor receives',
      ({ operations }) => Object.assign(Object.values(operations)[0] as Json, { action: 'publish' }),
    ],
    [
      'a member that is not in the specification',
      ({ channels }) => Object.assign(channels['task.created'], { topic: 'x' }),
    ],
    [
      'a schema that is none',
      ({ components }) => Object.assign(components.schemas['task.created.v1'], { required: 'taskId' }),
    ],
    ['no title', ({ info }) => delete info.title],
  ])('would be found wrong with %s', (_, breakIt) => {
    const broken = structuredClone(document);
    breakIt(broken);

    expect(asyncApiValidator()(broken)).toBe(false);
  });

  it('has a channel for every event, with a message for every version that is published', () => {
    expect(Object.keys(document.channels)).toEqual(contracts.map(({ type }) => type));
    expect(Object.values<Json>(document.channels).flatMap(({ messages }) => Object.keys(messages))).toEqual(
      published.map(nameOf),
    );
    expect(Object.keys(document.components.messages)).toEqual(published.map(nameOf));
  });

  it('marks as deprecated the versions before the newest, and no other', () => {
    const deprecated = Object.entries<Json>(document.components.messages).filter(([, message]) => message.deprecated);

    expect(deprecated.map(([name]) => name)).toEqual(
      published.filter(({ contract, version }) => version < contract.versions.length).map(nameOf),
    );
    expect(deprecated.map(([name]) => name)).toContain('order.confirmed.v1');
  });

  it('says who sends each event and who receives it, in which version', () => {
    const operations = Object.values<Json>(document.operations).map(
      ({ action, channel, messages, tags }) =>
        `${tags[0].name} ${action}s ${at(channel.$ref).address} ${messages.map(({ $ref }: Json) => at(at($ref).$ref).title)}`,
    );

    expect(operations).toContain('orders sends order.confirmed order.confirmed, version 1,order.confirmed, version 2');
    expect(operations).toContain('inventory receives order.confirmed order.confirmed, version 2');
    expect(operations).toContain('notifications receives order.confirmed order.confirmed, version 1');
    expect(operations.filter((line) => line.includes(' sends ')).length).toBe(contracts.length);
    expect(operations.filter((line) => line.includes(' receives ')).length).toBe(
      services.flatMap(({ handlers }) =>
        Object.values(handlers).flatMap(({ trigger }) => (trigger.kind === 'events' ? trigger.consumes : [])),
      ).length,
    );
  });

  it('refers only to what it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');

    expect(references.filter((reference) => at(reference) === undefined)).toEqual([]);
  });

  it('leaves out a version whose life has ended', () => {
    const first = defineEvent(
      { source: 'a', type: 'thing.done', summary: 'Done.', aggregate: 'id' },
      v.object({ id: v.string() }),
    );
    const event = nextVersion(first, v.object({ id: v.string(), by: v.string() }), {
      upcast: ({ id }) => ({ id, by: '' }),
    });
    const consumer = { kind: 'events', batchSize: 1, maximumConcurrency: 2 } as const;
    const service: ServiceContract = defineService({
      name: 'a',
      version: '1.0.0',
      summary: 'Does things.',
      events: [event],
      handlers: {
        'relay-events': { trigger: { kind: 'relay', batchSize: 1 }, timeoutSeconds: 10 },
        new: { trigger: { ...consumer, consumes: [on(event, 2)] }, timeoutSeconds: 10 },
        old: { trigger: { ...consumer, consumes: [on(event, 1)] }, timeoutSeconds: 10 },
      },
    });

    const { components, operations } = toAsyncApi([service]);

    expect(Object.keys(components.messages)).toEqual(['thing.done.v2']);
    expect(Object.keys(operations)).toEqual(['a.relay-events.thing.done', 'a.new.thing.done']);
  });
});

describe.each(published)('the message of $contract.type, version $version', ({ contract, version }) => {
  const validate = validatorOf(document, `#/components/messages/${contract.type}.v${version}/payload`);
  const events = fc.record({
    metadata: valuesAllowedBy(toReleasedEnvelope()).map((metadata) => ({ ...(metadata as object), version })),
    data: valuesAllowedBy(toReleasedEvent(contract, version)),
  });

  it('is what the contract allows, and may have members that nobody knows yet', () => {
    fc.assert(
      fc.property(events, (event) => {
        const grown = { ...event, data: { ...(event.data as object), later: 1 }, later: {} };

        expect(validate(event)).toBe(true);
        expect(validate(grown)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is of no other version and lacks nothing that the contract requires', () => {
    const required = toReleasedEvent(contract, version).required as string[];
    fc.assert(
      fc.property(events, fc.constantFrom(...required), (event, name) => {
        const other = { ...event, metadata: { ...event.metadata, version: version + 1 } };
        const { [name]: _, ...rest } = event.data as Record<string, unknown>;

        expect(validate(other)).toBe(false);
        expect(validate({ metadata: event.metadata })).toBe(false);
        expect(validate({ data: event.data })).toBe(false);
        expect(validate({ ...event, data: rest })).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
