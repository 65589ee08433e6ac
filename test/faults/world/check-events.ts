import { services } from '../../../functions/services';
import { type EventContract, liveVersions } from '../../../lib/service/event-contract';
import type { FoundViolation } from '../simulation';
import type { PublishedEvent } from './bus';
import type { Check, Evidence } from './evidence';
import { isForged } from './forgeries';
import { groupBy } from './group-by';
import { isAlike } from './is-alike';
import type { Transition } from './transitions';

/**
 * What was committed was told, in every version that lives, with what it has to say and under the id that it has for ever. Nothing
 * else was told, whatever was repeated. Events of one aggregate went out in their order.
 */
export const checkEvents: Check = (evidence) => {
  const published = evidence.published.filter(({ detail }) => !isForged(JSON.stringify(detail)));
  const byId = groupBy(published, ({ detail: { metadata } }) => String(metadata.id));
  const ids = new Set(evidence.transitions.map(idOf));
  return [
    ...evidence.transitions.flatMap((transition) => checkTold(transition, byId.get(idOf(transition)) ?? [])),
    ...[...byId.keys()].filter((id) => !ids.has(id)).map((id) => found('events', `${id} was told, and never was`)),
    ...checkOrder(published),
    ...checkForged(evidence),
  ];
};

function found(rule: string, detail: string): FoundViolation {
  return { rule, detail };
}

function idOf({ source, aggregateId, sequence }: Transition): string {
  return `${source}/${aggregateId}/${sequence}`;
}

/** @throws {Error} when no contract has the event */
function contractOf({ source, type }: Transition): EventContract {
  const events = services.find(({ name }) => name === source)?.events ?? [];
  const contract = events.find((event) => event.type === type);
  if (!contract) throw new Error(`${source} does not declare ${type}`);
  return contract;
}

function checkTold(transition: Transition, told: readonly PublishedEvent[]): FoundViolation[] {
  const id = idOf(transition);
  const contract = contractOf(transition);
  const versions = liveVersions(contract);
  const missing = versions.filter((version) => !told.some(({ detail: { metadata } }) => metadata.version === version));
  return [
    ...missing.map((version) => found('events', `${id} ${transition.type} was not told in version ${version}`)),
    ...told.flatMap((event) =>
      isRight(transition, contract, versions, event)
        ? []
        : [found('events', `${id} ${transition.type} was told as ${event.type} ${JSON.stringify(event.detail)}`)],
    ),
    ...checkAlike(id, told),
  ];
}

function isRight(
  { source, type, aggregateId, sequence, data }: Transition,
  contract: EventContract,
  versions: readonly number[],
  { source: by, type: as, detail }: PublishedEvent,
): boolean {
  const { metadata } = detail;
  const own = { versions: [...versions], aggregateId, sequence, correlationId: aggregateId };
  const isOwn = Object.entries(own).every(([name, value]) => isAlike(metadata[name], value));
  const version = Number(metadata.version);
  const newest = toNewest(contract, version, detail.data) as Record<string, unknown>;
  const says = Object.entries(data).every(([name, value]) => isAlike(newest[name], value));
  return by === source && as === type && isOwn && versions.includes(version) && says;
}

function toNewest({ versions }: EventContract, version: number, data: unknown): unknown {
  return versions.slice(version).reduce((older, { upcast }) => upcast?.(older), data);
}

/** A repeat says the same, whatever has happened since. */
function checkAlike(id: string, told: readonly PublishedEvent[]): FoundViolation[] {
  const byVersion = groupBy(told, ({ detail: { metadata } }) => metadata.version);
  return [...byVersion.values()]
    .filter(([first, ...others]) => others.some(({ detail }) => !isAlike(detail, first?.detail)))
    .map(() => found('events', `${id} was told in different words`));
}

/** The first time of each is after the first time of the one before it. */
function checkOrder(published: readonly PublishedEvent[]): FoundViolation[] {
  const last = new Map<string, number>();
  return published.flatMap(({ source, detail: { metadata } }) => {
    const aggregate = `${source}/${metadata.aggregateId}`;
    const sequence = Number(metadata.sequence);
    // Epochs begin anywhere, and then follow one another.
    const highest = last.get(aggregate) ?? (source === 'circuits' ? sequence - 1 : 0);
    last.set(aggregate, Math.max(highest, sequence));
    return sequence > highest + 1 ? [found('events', `${aggregate} tells ${sequence} after ${highest}`)] : [];
  });
}

/** What is forged and broken is put aside, with its content, for people to look at. */
function checkForged({ forged, deadLetters }: Evidence): FoundViolation[] {
  return forged
    .filter(({ mark, isPoison }) => isPoison && !deadLetters.some((letter) => new RegExp(`${mark}\\b`).test(letter)))
    .map(({ mark, as }) => found('dead letters', `${mark}, which is broken (${as}), is not among them`));
}
