import type { ServiceContract } from './contract';
import { type EventContract, liveVersions } from './event-contract';
import { type EventConsumer, type EventLink, listEventLinks } from './event-links';
import { type JsonSchema, releaseName, toReleasedEnvelope, toReleasedEvent } from './event-schema';

type Json = Record<string, unknown>;

/** The parts of an AsyncAPI document that are looked up by name. */
export interface AsyncApiDocument extends Json {
  readonly asyncapi: string;
  readonly channels: Record<string, Json>;
  readonly operations: Record<string, Json>;
  readonly components: { readonly messages: Record<string, Json>; readonly schemas: Record<string, Json | JsonSchema> };
}

/**
 * The events as an AsyncAPI 3.0 document, made from the contracts: a channel for each type of event with a message for each version
 * that is published, and who sends and who receives it. The document is of the whole system, so each operation says in its tag which
 * service does it.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function toAsyncApi(services: readonly ServiceContract[]): AsyncApiDocument {
  const links = listEventLinks(services);
  const versions = links.flatMap(({ contract }) => liveVersions(contract).map((version) => ({ contract, version })));
  const named = (toPart: (contract: EventContract, version: number) => Json | JsonSchema) =>
    Object.fromEntries(
      versions.map(({ contract, version }) => [releaseName(contract.type, version), toPart(contract, version)]),
    );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast',
      version: '1.0.0',
      description:
        'The events of an order system that stays correct when parts of it fail. Each is delivered at least once and in no certain order; its `metadata.id` is the same every time.',
      tags: services.filter(({ name }) => links.some((link) => takesPart(link, name))).map(tagOf),
    },
    defaultContentType: 'application/json',
    servers: { bus: BUS },
    channels: Object.fromEntries(links.map((link) => [link.contract.type, toChannel(link)])),
    operations: Object.fromEntries(
      links.flatMap((link) => [toSend(link, services), ...link.consumers.flatMap(toReceive(link))]),
    ),
    components: {
      messages: named(toMessage) as Record<string, Json>,
      schemas: { metadata: withoutDialect(toReleasedEnvelope()), ...named(toDataSchema) },
    },
  };
}

/** There is no binding for EventBridge in the specification, and the protocol is a free word. */
const BUS: Json = {
  host: 'events.{region}.amazonaws.com',
  protocol: 'eventbridge',
  title: 'The bus `holdfast-<stage>` of Amazon EventBridge',
  description: 'A consumer gets its events through a queue of its own: a rule puts them there.',
  variables: { region: { description: 'The Region of the deployment' } },
};

function toChannel({ contract: { type, summary, ...contract }, owner }: EventLink): Json {
  const names = liveVersions({ type, summary, ...contract }).map((version) => releaseName(type, version));
  return {
    address: type,
    summary,
    description: `\`detail-type\` \`${type}\`, \`source\` \`${owner}\`.`,
    servers: [{ $ref: '#/servers/bus' }],
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

/** One version. Those before the newest are deprecated: they live until their last consumer knows a later one. */
function toMessage(contract: EventContract, version: number): Json {
  const { type, source, summary, versions } = contract;
  const newest = versions.length;
  return {
    name: type,
    title: `${type}, version ${version}`,
    summary,
    ...(version < newest && { deprecated: true, description: `Superseded by version ${newest}. Both are published.` }),
    headers: {
      type: 'object',
      description: 'The fields of EventBridge by which rules choose events.',
      required: ['source', 'detail-type'],
      properties: { source: { const: source }, 'detail-type': { const: type } },
    },
    payload: {
      type: 'object',
      description: 'What EventBridge calls `detail`. It may get members that are not named here.',
      required: ['metadata', 'data'],
      properties: {
        metadata: {
          allOf: [{ $ref: '#/components/schemas/metadata' }, { properties: { version: { const: version } } }],
        },
        data: { $ref: `#/components/schemas/${releaseName(type, version)}` },
      },
    },
    correlationId: { location: '$message.payload#/metadata/correlationId' },
    tags: [{ name: source }],
  };
}

function toDataSchema(contract: EventContract, version: number): JsonSchema {
  return withoutDialect(toReleasedEvent(contract, version));
}

/** Schemas of AsyncAPI are of draft 7 anyway. */
function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

function toSend({ contract, owner }: EventLink, services: readonly ServiceContract[]): [string, Json] {
  const handlers = services.find(({ name }) => name === owner)?.handlers ?? {};
  const relay = Object.keys(handlers).find((name) => handlers[name]?.trigger.kind === 'relay') ?? 'relay';
  const operation = {
    action: 'send',
    channel: channelOf(contract),
    summary: contract.summary,
    tags: [{ name: owner }],
    messages: liveVersions(contract).map((version) => messageOf(contract, version)),
  };
  return [`${owner}.${relay}.${contract.type}`, operation];
}

function toReceive({ contract }: EventLink): (consumer: EventConsumer) => [string, Json][] {
  return ({ service, handler, version, takes }) => {
    if (takes === undefined) return [];
    const operation = {
      action: 'receive',
      channel: channelOf(contract),
      summary: `${service}/${handler} knows version ${version} and takes it from its own queue.`,
      tags: [{ name: service }],
      messages: [messageOf(contract, takes)],
    };
    return [[`${service}.${handler}.${contract.type}`, operation]];
  };
}

const channelOf = ({ type }: EventContract) => ({ $ref: `#/channels/${type}` });
const messageOf = ({ type }: EventContract, version: number) => ({
  $ref: `#/channels/${type}/messages/${releaseName(type, version)}`,
});
const tagOf = ({ name, summary }: ServiceContract) => ({ name, description: summary });
const takesPart = ({ owner, consumers }: EventLink, service: string) =>
  owner === service || consumers.some((consumer) => consumer.service === service);
