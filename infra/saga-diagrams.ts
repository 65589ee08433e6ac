import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sagas } from '../functions/services';
import type { Saga } from '../lib/saga/saga';
import { toMermaid } from '../lib/saga/to-mermaid';

const PAGE = resolve(__dirname, '../docs/saga-diagrams.md');
const BEGIN = '<!-- written by npm run docs: begin -->';
const END = '<!-- written by npm run docs: end -->';

/**
 * The page with a diagram of each saga between its two markers; what stands around them stays.
 *
 * @throws {Error} unless the page has each marker once, in their order.
 */
export function withDiagrams(page: string, all: readonly Saga[]): string {
  const [before, rest, ...more] = page.split(BEGIN);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`the page must have one line "${BEGIN}" and, after it, one line "${END}"`);
  }
  const diagrams = all.map((saga) => `## ${saga.name}\n\n\`\`\`mermaid\n${toMermaid(saga)}\n\`\`\`\n`);
  return `${before}${BEGIN}\n\n${diagrams.join('\n')}\n${END}${after}`;
}

/** `npm run docs`: writes the diagrams of the sagas as they are now into the page. */
if (require.main === module) writeFileSync(PAGE, withDiagrams(readFileSync(PAGE, 'utf8'), sagas));
