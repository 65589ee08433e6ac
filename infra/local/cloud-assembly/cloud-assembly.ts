/** The cloud assembly room: reads what the CDK has synthesized and resolves it, as CloudFormation would. */
import { statSync } from 'node:fs';
import { AssemblyError } from './assembly-error';
import { LazyValues } from './lazy-values';
import { generateStackId } from './physical-name';
import { readAssembly, type StackFile } from './read-assembly';
import type { Environment, ResourceTypes } from './resource-types';
import { attempt, buildStack, type Report, type Stack } from './stack';
import { StackScope } from './stack-scope';

export { AssemblyError } from './assembly-error';
export { resolveDynamicReferences, type SecretVersion } from './dynamic-references';
export type { Environment, NamingContext, PropertyRule, ResourceType, ResourceTypes } from './resource-types';
export type { Output, Resource, Stack } from './stack';

/** A synthesized application, ready to be run. */
export interface Assembly {
  /** In the order in which they are deployed. */
  stacks: Stack[];
  /**
   * The directory of an asset, by the bucket and key under which a template expects it.
   *
   * @throws {AssemblyError} when the assembly has no such asset, or it is not a directory.
   */
  assetDirectory(bucket: string, key: string): string;
}

/**
 * Loads a cloud assembly (`cdk.out`) and resolves every resource, output and cross-stack reference of its stacks.
 *
 * `types` is the register of what exists. Nothing is created: all names are computed from the templates, the register
 * and `environment`, which gives the pseudo parameters (partition `aws` unless told).
 *
 * @throws {AssemblyError} when the assembly cannot be read, or holds anything the local cloud does not understand; all
 * problems are listed.
 */
export function loadAssembly(directory: string, environment: Environment, types: ResourceTypes): Assembly {
  const world = { partition: 'aws' as const, ...environment };
  const files = readAssembly(directory, world);

  // A set, because what is wrong at one place is met again from every place that refers to it.
  const problems = new Set<string>();
  const report: Report = (problem) => problems.add(problem);
  for (const file of files.stacks) {
    checkTarget(file, world, report);
    file.problems.forEach(report);
  }

  const scopes = openScopes(files.stacks, world, types);
  reportRepeatedExports(scopes, report);
  const stacks = scopes.map((scope) => {
    const stack = buildStack(scope, report);
    reportMissingAssets(scope, stack, files.assetPaths, report);
    return stack;
  });
  if (problems.size > 0) throw new AssemblyError([...problems]);

  return { stacks, assetDirectory: (bucket, key) => assetDirectory(files.assetPaths, bucket, key) };
}

function openScopes(files: StackFile[], environment: Required<Environment>, types: ResourceTypes): StackScope[] {
  const values = new LazyValues();
  const importValue = (exportName: string, importer: string): string => {
    // On AWS a stack can import only what exists when it is deployed, so the stacks after it do not count.
    const earlier = scopes.slice(
      0,
      scopes.findIndex(({ file }) => file.name === importer),
    );
    for (const scope of earlier) {
      const key = findExport(scope, exportName);
      if (key !== undefined) return scope.outputValue(key);
    }
    throw new Error(`no stack deployed before ${importer} exports ${exportName}`);
  };
  const surroundings = { environment, types, values, importValue };
  const scopes = files.map((file) => new StackScope(file, generateStackId(environment, file.name), surroundings));
  return scopes;
}

function findExport(scope: StackScope, exportName: string): string | undefined {
  return scope.exportingOutputs().find((key) => scope.exportName(key) === exportName);
}

function reportRepeatedExports(scopes: StackScope[], report: Report): void {
  const seen = new Map<string, string>();
  for (const scope of scopes) {
    for (const key of attempt(() => scope.exportingOutputs(), report) ?? []) {
      const exportName = attempt(() => scope.exportName(key), report);
      if (exportName === undefined) continue;
      const other = seen.get(exportName);
      if (other !== undefined)
        report(scope.place(`output ${key}: ${exportName} is already exported by stack ${other}`));
      seen.set(exportName, scope.file.name);
    }
  }
}

// A stack made for a certain account holds that account's number and region in its names as literals. Under another
// environment half of its ARNs would be right and the other half wrong.
function checkTarget(file: StackFile, environment: Required<Environment>, report: Report): void {
  const [, account, region] = /^aws:\/\/([^/]*)\/(.*)$/.exec(file.environment ?? '') ?? [];
  const isAccountRight = [undefined, 'unknown-account', environment.accountId].includes(account);
  const isRegionRight = [undefined, 'unknown-region', environment.region].includes(region);
  if (isAccountRight && isRegionRight) return;
  report(
    `stack ${file.name} is synthesized for ${account}/${region}, but the local cloud runs as ` +
      `${environment.accountId}/${environment.region}; synthesize it without env, or run it as that account and region`,
  );
}

function reportMissingAssets(scope: StackScope, stack: Stack, assetPaths: Map<string, string>, report: Report): void {
  for (const { logicalId } of stack.resources) {
    const asset = attempt(() => scope.asset(logicalId), report);
    const problem = asset && findAssetProblem(assetPaths, asset.bucket, asset.key);
    if (problem !== undefined) report(scope.place(`resource ${logicalId}: ${problem}`));
  }
}

function assetDirectory(assetPaths: Map<string, string>, bucket: string, key: string): string {
  const problem = findAssetProblem(assetPaths, bucket, key);
  if (problem !== undefined) throw new AssemblyError([problem]);
  return assetPaths.get(`${bucket}/${key}`)!;
}

function findAssetProblem(assetPaths: Map<string, string>, bucket: string, key: string): string | undefined {
  const path = assetPaths.get(`${bucket}/${key}`);
  if (path === undefined) return `the cloud assembly has no asset ${key} for bucket ${bucket}`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return `asset ${key} is expected to be the directory ${path}, which does not exist`;
}
