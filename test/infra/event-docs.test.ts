import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { services } from '../../functions/services';
import { readReleases, toEventDocs } from '../../infra/event-docs';
import { MAX_DATA_BYTES } from '../../lib/events/outbox';
import type { ServiceContract } from '../../lib/service/contract';
import { listIncompatibilities } from '../../lib/service/event-compatibility';
import { defineEvent } from '../../lib/service/event-contract';
import { listEventLinks } from '../../lib/service/event-links';
import { toReleasedEnvelope } from '../../lib/service/event-schema';
import { ARCHIVE_RETENTION_DAYS } from '../../lib/service/names';
import { validatorOf } from '../support/json-schema';
import { tableRows } from '../support/markdown';

const DOCS = resolve(__dirname, '../../docs');
const page = readFileSync(join(DOCS, 'events.md'), 'utf8');

describe('the released events in docs/events', () => {
  it('are what the contracts still promise', () => {
    expect(listIncompatibilities(readReleases(), services)).toEqual([]);
  });

  it('are those of the contracts, and no other; npm run docs writes new ones', () => {
    const names = Object.keys(toEventDocs(services, readReleases(), page)).filter((name) => name.startsWith('events/'));

    expect(readdirSync(join(DOCS, 'events')).map((name) => `events/${name}`)).toEqual(names.sort());
    expect(readReleases().events.map((release) => release['x-event'].type)).toContain('task.created');
    expect(readReleases().envelope).toHaveProperty('required');
  });
});

describe('the documents about events', () => {
  it('are as the contracts make them; npm run docs writes them', () => {
    const docs = toEventDocs(services, readReleases(), page);
    const written = Object.keys(docs).map((path) => [
      path,
      existsSync(join(DOCS, path)) && readFileSync(join(DOCS, path), 'utf8'),
    ]);

    expect(Object.fromEntries(written)).toEqual(docs);
  });

  it('are not written when a contract breaks with what has been released', () => {
    const [owner, ...others] = services;
    const [event, ...events] = owner?.events ?? [];
    const changed = event && defineEvent({ ...event, type: event.type }, v.object({ orderId: v.string() }));
    const broken = { ...owner, events: [changed, ...events] } as ServiceContract;

    expect(() => toEventDocs([broken, ...others], readReleases(), page)).toThrow(
      /^the events are not what has been promised\n(.+\n)*order\.confirmed\.v1 customerId is gone: leave version 1/,
    );
  });
});

describe('docs/events.md', () => {
  const links = listEventLinks(services);

  it('has a row for every event: its versions, who tells it, who reacts', () => {
    const rows = tableRows(page, 'event').map(([event, versions, owner, , reacts]) => [event, versions, owner, reacts]);

    expect(rows.length).toBe(links.length);
    expect(rows).toContainEqual([
      '[`order.confirmed`](#orderconfirmed)',
      '1, 2',
      'orders',
      'inventory/sell-stock (2)<br>notifications/notify-customer (1)',
    ]);
  });

  it('shows an envelope that is one', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const { metadata } = JSON.parse(example);

    expect(validatorOf(toReleasedEnvelope())(metadata)).toBe(true);
    expect(Object.keys(metadata)).toEqual(Object.keys(toReleasedEnvelope().properties as object));
    expect(metadata.id).toBe(`orders/${metadata.aggregateId}/${metadata.sequence}`);
  });

  it('gives the limits as they are', () => {
    expect(tableRows(page, 'limit').map(([limit, value]) => [limit, value])).toEqual([
      ['data of one event, as JSON', `${MAX_DATA_BYTES / 1024} KB`],
      ['how far back a replay reaches', `${ARCHIVE_RETENTION_DAYS} days`],
    ]);
  });

  it('draws who emits and who reacts', () => {
    const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(page) ?? [];
    const known = new Set([...diagram.matchAll(/^ {2}(\w+)(?:\[|\()/gm)].map((match) => match[1]));
    const ends = [...diagram.matchAll(/^ {2}(\w+) -- ?.*> (\w+)$/gm)].flatMap((match) => [match[1], match[2]]);

    expect(diagram).toMatch(/^flowchart LR\n/);
    expect(diagram).toContain('  tasks --> task_created\n');
    expect(diagram).toContain('  order_confirmed -- "version 2" --> inventory_sell_stock\n');
    expect(ends.length).toBe(2 * (links.length + links.flatMap(({ consumers }) => consumers).length));
    expect(ends.filter((name) => !known.has(name))).toEqual([]);
  });

  it('lists the members of an event with their types and versions', () => {
    const section = page.slice(page.indexOf('### order.confirmed'), page.indexOf('### order.rejected'));
    const rows = tableRows(section, 'member of the data');

    expect(rows).toContainEqual(['`customerId`', 'string', '1, 2']);
    expect(rows).toContainEqual(['`lines[].quantity`', 'integer', '2']);
    expect(rows).toContainEqual(['`totalCents`', 'integer', '1']);
  });
});
