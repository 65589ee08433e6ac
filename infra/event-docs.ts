import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { services as allServices } from '../functions/services';
import { toAsyncApi } from '../lib/service/asyncapi';
import type { ServiceContract } from '../lib/service/contract';
import { explain, listIncompatibilities, type Released } from '../lib/service/event-compatibility';
import { listEventLinks } from '../lib/service/event-links';
import { toEventDiagram, toEventSections, toEventTable } from '../lib/service/event-page';
import { ENVELOPE, releaseName, toReleasedEnvelope, toReleasedEvent } from '../lib/service/event-schema';
import { withGenerated } from './generated-part';

const DOCS = resolve(__dirname, '../docs');

/** The files about events as the contracts make them: the text of each by its path in the folder of documents. */
export type EventDocs = Readonly<Record<string, string>>;

/**
 * What the folder of documents must hold.
 *
 * @param page `events.md` as it is: what people wrote in it stays
 * @throws {Error} when the contracts break with what has been released, and says all of it: then nothing is to be written.
 */
export function toEventDocs(services: readonly ServiceContract[], released: Released, page: string): EventDocs {
  const found = listIncompatibilities(released, services);
  if (found.length > 0) throw new Error(`the events are not what has been promised\n${explain(found)}`);
  const links = listEventLinks(services);
  const releases = links.flatMap(({ contract }) =>
    contract.versions.map((_, index) => toReleasedEvent(contract, index + 1)),
  );
  return {
    'asyncapi.json': toJson(toAsyncApi(services)),
    'events.md': [
      ['table', toEventTable(links)] as const,
      ['diagram', toEventDiagram(links)] as const,
      ['members', toEventSections(links)] as const,
    ].reduce((text, [part, generated]) => withGenerated(text, `${generated}\n`, part), page),
    [pathOf(ENVELOPE)]: toJson(toReleasedEnvelope()),
    ...Object.fromEntries(
      releases.map((release) => [
        pathOf(releaseName(release['x-event'].type, release['x-event'].version)),
        toJson(release),
      ]),
    ),
  };
}

/** What has been released: the files `events/*.json` of the folder of documents. */
export function readReleases(docs = DOCS): Released {
  const folder = join(docs, 'events');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const envelope = `${ENVELOPE}.json`;
  return {
    events: names.filter((name) => name !== envelope).map(read),
    envelope: names.includes(envelope) ? read(envelope) : undefined,
  };
}

const pathOf = (name: string) => `events/${name}.json`;

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `npm run docs`: writes the documents about events as the contracts make them. */
if (require.main === module) {
  const docs = toEventDocs(allServices, readReleases(), readFileSync(join(DOCS, 'events.md'), 'utf8'));
  mkdirSync(join(DOCS, 'events'), { recursive: true });
  for (const [path, text] of Object.entries(docs)) writeFileSync(join(DOCS, path), text);
}
