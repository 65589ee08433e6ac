import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sagas } from '../functions/services';
import type { Saga } from '../lib/saga/saga';
import { toMermaid } from '../lib/saga/to-mermaid';
import { withGenerated } from './generated-part';

const PAGE = resolve(__dirname, '../docs/saga-diagrams.md');

/**
 * The page with a diagram of each saga between its two markers; what stands around them stays.
 *
 * @throws {Error} unless the page has each marker once, in their order.
 */
export function withDiagrams(page: string, all: readonly Saga[]): string {
  const diagrams = all.map((saga) => `## ${saga.name}\n\n\`\`\`mermaid\n${toMermaid(saga)}\n\`\`\`\n`);
  return withGenerated(page, diagrams.join('\n'));
}

/** `npm run docs`: writes the diagrams of the sagas as they are now into the page. */
if (require.main === module) writeFileSync(PAGE, withDiagrams(readFileSync(PAGE, 'utf8'), sagas));
