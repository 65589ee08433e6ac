import { rmSync } from 'node:fs';
import { findAssemblies } from './assembly';

/** Deletes what the global setup has synthesized. */
export default async function removeAssemblies(): Promise<void> {
  const root = findAssemblies();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
}
