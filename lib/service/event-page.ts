import { liveVersions } from './event-contract';
import type { EventLink } from './event-links';
import { isSchema, type JsonSchema, membersOf, toReleasedEvent, typeName } from './event-schema';

/** A table of the events: who tells each, when, in which versions, and who reacts. */
export function toEventTable(links: readonly EventLink[]): string {
  const rows = links.map(({ contract, owner, consumers }) => [
    `[\`${contract.type}\`](#${contract.type.replaceAll('.', '')})`,
    liveVersions(contract).join(', '),
    owner,
    contract.summary,
    consumers.map(({ service, handler, version }) => `${service}/${handler} (${version})`).join('<br>') || 'nobody yet',
  ]);
  return toTable(['event', 'versions published', 'told by', 'when', 'who reacts (version known)'], rows);
}

/**
 * Who emits and who reacts, as a Mermaid flowchart.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function toEventDiagram(links: readonly EventLink[]): string {
  const id = (name: string) => name.replace(/\W/g, '_');
  const owners = [...new Set(links.map(({ owner }) => owner))];
  const consumers = [...new Set(links.flatMap((link) => link.consumers.map(consumerName)))];
  const lines = [
    ...owners.map((owner) => `${id(owner)}["${owner}"]`),
    ...links.map(({ contract: { type } }) => `${id(type)}(["${type}"])`),
    ...consumers.map((name) => `${id(name)}[["${name}"]]`),
    ...links.map(({ contract: { type }, owner }) => `${id(owner)} --> ${id(type)}`),
    ...links.flatMap(({ contract: { type }, consumers: takers }) =>
      takers.map((taker) => `${id(type)} -- "version ${taker.version}" --> ${id(consumerName(taker))}`),
    ),
  ];
  return ['```mermaid', 'flowchart LR', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

/** A section for each event: the members of its data, and in which versions each is. */
export function toEventSections(links: readonly EventLink[]): string {
  return links
    .map(({ contract }) => {
      const rows = new Map<string, { readonly cells: string[]; readonly versions: number[] }>();
      for (const version of liveVersions(contract)) {
        for (const cells of listMembers(toReleasedEvent(contract, version), '')) {
          const row = rows.get(cells.join()) ?? { cells, versions: [] };
          rows.set(cells.join(), { cells, versions: [...row.versions, version] });
        }
      }
      const table = toTable(
        ['member of the data', 'type', 'in versions'],
        [...rows.values()].map(({ cells, versions }) => [...cells, versions.join(', ')]),
      );
      return `### ${contract.type}\n\n${contract.summary}\n\n${table}`;
    })
    .join('\n\n');
}

/** The paths of an object's members with their types, those within other members too. */
function listMembers(schema: JsonSchema, path: string): [string, string][] {
  const { all, required } = membersOf(schema);
  return [...all].flatMap(([name, member]): [string, string][] => {
    const at = `${path}${name}`;
    const within = isSchema(member.items) ? listMembers(member.items, `${at}[].`) : listMembers(member, `${at}.`);
    const optional = required.has(name) ? '' : ', optional';
    return [[`\`${at}\``, `${typeName(member)}${formOf(member)}${optional}`], ...within];
  });
}

function formOf({ pattern, format }: JsonSchema): string {
  if (typeof pattern === 'string') return ` \`${pattern.replaceAll('|', '\\|')}\``;
  return typeof format === 'string' ? ` (${format})` : '';
}

function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

const consumerName = ({ service, handler }: { readonly service: string; readonly handler: string }) =>
  `${service}/${handler}`;
