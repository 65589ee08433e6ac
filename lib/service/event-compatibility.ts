import type { ServiceContract } from './contract';
import type { EventContract } from './event-contract';
import { type EventLink, listEventLinks, listSubscriptions } from './event-links';
import {
  ENVELOPE,
  isSchema,
  type JsonSchema,
  membersOf,
  type ReleasedEvent,
  releaseName,
  toReleasedEnvelope,
  toReleasedEvent,
} from './event-schema';
import { breakingChanges } from './schema-compatibility';

/** Something by which an event is lost on those who take it, or will be. */
export interface Incompatibility {
  /** Event and version, such as `order.confirmed.v1`, and the path of the member. */
  readonly where: string;
  readonly what: string;
  /** What to do. */
  readonly instead: string;
}

/** What has been released. */
export interface Released {
  readonly events: readonly ReleasedEvent[];
  /** The schema of every event's metadata; `undefined` before the first release. */
  readonly envelope: JsonSchema | undefined;
}

/**
 * All by which the contracts break with what has been released, with their own older versions, or with their consumers. Empty: what
 * was promised is kept.
 *
 * @see {@link breakingChanges} for what may change in a released version.
 */
export function listIncompatibilities(released: Released, services: readonly ServiceContract[]): Incompatibility[] {
  const links = listEventLinks(services);
  return [
    ...brokenEnvelope(released.envelope),
    ...released.events.flatMap((release) => brokenRelease(release, links)),
    ...links.flatMap((link) => [
      ...ownFaults(link, links),
      ...link.contract.versions.flatMap((_, i) => versionFaults(link.contract, i + 1)),
    ]),
    ...consumerFaults(services, links),
  ];
}

/** The incompatibilities as lines that people read. */
export function explain(found: readonly Incompatibility[]): string {
  return found.map(({ where, what, instead }) => `${where} ${what}: ${instead}`).join('\n');
}

/** The envelope has no versions: what is released of it stays for ever. */
function brokenEnvelope(released: JsonSchema | undefined): Incompatibility[] {
  return breakingChanges(released ?? {}, released ? toReleasedEnvelope() : {}).map(({ path, what, instead }) => ({
    where: `${ENVELOPE} ${path}`.trim(),
    what,
    instead: instead ?? 'leave it as it is, and add what is new as an optional member of another name',
  }));
}

function brokenRelease(released: ReleasedEvent, links: readonly EventLink[]): Incompatibility[] {
  const { type, version, source, aggregate } = released['x-event'];
  const where = releaseName(type, version);
  const keep = `leave version ${version} as it is and add a version with nextVersion()`;
  const contract = links.find((link) => link.contract.type === type)?.contract;
  if (contract === undefined) {
    return [
      { where, what: 'is released, and no contract has it', instead: 'keep the event, and tell the new one beside it' },
    ];
  }
  if (contract.versions[version - 1] === undefined) {
    return [
      {
        where,
        what: 'is released, and its contract has it not',
        instead: 'put the version back; to end its life, drop its downcast',
      },
    ];
  }
  return [
    ...(contract.source === source ? [] : [moved(where, 'told by', contract.source, source)]),
    ...(contract.aggregate === aggregate ? [] : [moved(where, 'about', contract.aggregate, aggregate)]),
    ...breakingChanges(released, toReleasedEvent(contract, version)).map(({ path, what, instead }) => ({
      where: path === '' ? where : `${where} ${path}`,
      what,
      instead: instead === undefined ? keep : `${instead}, or ${keep}`,
    })),
  ];
}

function moved(where: string, how: string, is: string, was: string): Incompatibility {
  return {
    where,
    what: `is ${how} ${is}, was ${how} ${was}: its ids would begin anew`,
    instead: 'make it an event of another type',
  };
}

function ownFaults({ contract: { type, source }, owner }: EventLink, links: readonly EventLink[]): Incompatibility[] {
  const tellers = links.filter(({ contract }) => contract.type === type).map((link) => link.owner);
  return [
    ...(source === owner
      ? []
      : [
          {
            where: type,
            what: `says that ${source} tells it, and ${owner} has it`,
            instead: 'the service that tells it has its contract',
          },
        ]),
    ...(tellers.length === 1
      ? []
      : [{ where: type, what: `is told by ${tellers.join(' and ')}`, instead: 'give one of them another type' }]),
  ];
}

function versionFaults(contract: EventContract, version: number): Incompatibility[] {
  const where = releaseName(contract.type, version);
  const schema = toReleasedEvent(contract, version);
  const subject = membersOf(schema).all.get(contract.aggregate);
  const named = subject?.type === 'string' && membersOf(schema).required.has(contract.aggregate);
  return [
    ...(version === 1 || contract.versions[version - 1]?.upcast
      ? []
      : [
          {
            where,
            what: 'has no upcast',
            instead: `make its data of that of version ${version - 1}, or older events are lost on consumers of it`,
          },
        ]),
    ...(named
      ? []
      : [{ where, what: `does not say what it is about`, instead: `${contract.aggregate} must be a required string` }]),
    ...closedPaths(schema, '').map((path) => ({
      where: `${where} ${path}`.trim(),
      what: 'refuses members that it does not know',
      instead: 'use v.object, or no member can ever be added',
    })),
  ];
}

/** The objects, wherever they are in a schema, that are closed. */
function closedPaths(schema: JsonSchema, path: string): string[] {
  const own = schema.additionalProperties === false ? [path] : [];
  const members = [...membersOf(schema).all].map(
    ([name, member]) => [member, path ? `${path}.${name}` : name] as const,
  );
  const items = [schema.items].flat().map((item) => [item, `${path}[]`] as const);
  const others = [schema.additionalProperties, schema.anyOf, schema.oneOf]
    .flat()
    .map((other) => [other, path] as const);
  return [
    ...own,
    ...[...members, ...items, ...others].flatMap(([within, at]) => (isSchema(within) ? closedPaths(within, at) : [])),
  ];
}

function consumerFaults(services: readonly ServiceContract[], links: readonly EventLink[]): Incompatibility[] {
  const fault = (service: string, handler: string, what: string, instead: string) => ({
    where: `${service}/${handler}`,
    what,
    instead,
  });
  const strangers = listSubscriptions(services).filter(
    ({ event }) => !links.some(({ contract }) => contract.type === event.type),
  );
  return [
    ...strangers.map(({ service, handler, event }) =>
      fault(service, handler, `takes ${event.type}, which nobody tells`, 'put it into the events of its owner'),
    ),
    ...links.flatMap(({ contract: { type, versions }, consumers }) =>
      consumers.flatMap(({ service, handler, version, takes }) => {
        const name = releaseName(type, version);
        if (version > versions.length)
          return [
            fault(service, handler, `takes ${name}, which is not there`, `take ${releaseName(type, versions.length)}`),
          ];
        if (takes === undefined)
          return [
            fault(
              service,
              handler,
              `takes ${name}, which is published no more`,
              'let it take a later version, or give that one its downcast back',
            ),
          ];
        return [];
      }),
    ),
  ];
}
