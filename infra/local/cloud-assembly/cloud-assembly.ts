/** The cloud assembly room: reads what the CDK has synthesized and resolves it, as CloudFormation would. */
import { statSync } from 'node:fs';
import { AssemblyError } from './assembly-error';
import { readAssembly } from './read-assembly';
import type { Environment, ResourceTypes } from './resource-types';
import { buildStack, type Stack } from './stack';
import { StackScope } from './stack-scope';

export { AssemblyError } from './assembly-error';
export { resolveDynamicReferences } from './dynamic-references';
export type { NamingContext, ResourceTypes } from './resource-types';
export type { Resource, Stack } from './stack';

/** A synthesized application, ready to be run. */
export interface Assembly {
  /** In the order in which they are deployed. */
  stacks: Stack[];
  /**
   * The directory of an asset, by the bucket and key under which a template expects it.
   *
   * @throws {AssemblyError} when the assembly has no such asset.
   */
  assetDirectory(bucket: string, key: string): string;
}

/**
 * Loads a cloud assembly (`cdk.out`) and resolves every resource, output and cross-stack reference of its stacks.
 *
 * `types` is the register of what exists. Nothing is created: all names are computed from the templates, the register
 * and `environment`, which gives the pseudo parameters.
 *
 * @throws {AssemblyError} when the assembly cannot be read, or holds anything the local cloud does not understand; all
 * problems are listed.
 */
export function loadAssembly(directory: string, environment: Environment, types: ResourceTypes): Assembly {
  const files = readAssembly(directory);
  const problems = new Set<string>();
  const exports = new Map<string, string>();
  const stacks = files.stacks.map((file) => {
    // It would hold that account's number and region as literals: half of its ARNs would be right and the other half wrong.
    if (file.environment !== 'aws://unknown-account/unknown-region') {
      problems.add(`stack ${file.name} is synthesized for ${file.environment}; the local cloud takes one without env`);
    }
    return buildStack(new StackScope(file, { environment, types, exports, problems }));
  });
  if (problems.size > 0) throw new AssemblyError([...problems]);
  return {
    stacks,
    assetDirectory: (bucket, key) => {
      const path = files.assetPaths.get(key);
      if (path && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
      throw new AssemblyError([`the cloud assembly has no asset ${key} for bucket ${bucket}`]);
    },
  };
}
