import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Grant } from '../../infra/local/iam/access';
import { findAssemblies } from './assembly';

/** The assembly whose policies are the product's. */
const PRODUCT = 'dev';

/**
 * Leaves what the policies of a system grant, and what its test used of them, for the report at the end of the run: see
 * grants-reporter.cjs. Outside of a test run, as in the demo, there is no report.
 */
export function recordGrants(
  assemblyDirectory: string,
  { granted, used }: { granted: readonly Grant[]; used: readonly Grant[] },
): void {
  const root = findAssemblies();
  if (root === undefined || basename(assemblyDirectory) !== PRODUCT) return;
  const directory = join(root, 'grants');
  mkdirSync(directory, { recursive: true });
  const record = { granted: granted.map(toText), used: used.map(toText) };
  writeFileSync(join(directory, `${randomUUID()}.json`), JSON.stringify(record));
}

function toText({ role, action, resource }: Grant): string {
  return `${role} ${action} ${resource}`;
}
