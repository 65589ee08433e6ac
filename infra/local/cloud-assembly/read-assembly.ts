import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AssemblyError } from './assembly-error';
import { DependencyCycleError, dependencyOrder } from './dependency-order';
import type { Environment } from './resource-types';
import { checkFrame, isObject, type Template } from './template';

/** The files of a cloud assembly, read and checked for their frame. */
export interface AssemblyFiles {
  /** In the order in which they are deployed. */
  stacks: StackFile[];
  /** Where an uploaded asset lies on this computer: absolute path by `<bucket>/<key>`. */
  assetPaths: Map<string, string>;
}

export interface StackFile {
  name: string;
  environment?: string;
  templateFile: string;
  template: Template;
  /** What the frame of the template has that the local cloud does not know, one line each. */
  problems: string[];
  tags: Array<{ key: string; value: string }>;
}

/**
 * Reads the manifest of a cloud assembly, and the templates and asset manifests that it names.
 *
 * @throws {AssemblyError} when a file is missing or is not what it should be.
 * @see https://github.com/aws/aws-cdk/blob/main/packages/%40aws-cdk/cloud-assembly-schema/README.md
 */
export function readAssembly(directory: string, environment: Required<Environment>): AssemblyFiles {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AssemblyError([`cloud assembly ${directory} is not a directory; synthesize it first (npm run synth)`]);
  }
  const manifest = readJson(directory, 'manifest.json');
  if (!isObject(manifest) || !isObject(manifest.artifacts)) {
    throw new AssemblyError([`${join(directory, 'manifest.json')} has no artifacts: it is no cloud assembly manifest`]);
  }
  const artifacts = manifest.artifacts as Record<string, Artifact>;

  const nested = Object.entries(artifacts).filter(([, { type }]) => type === 'cdk:cloud-assembly');
  if (nested.length > 0) {
    throw new AssemblyError(
      nested.map(([id]) => `artifact ${id} is a nested cloud assembly (a CDK Stage); the local cloud runs stacks only`),
    );
  }
  return { stacks: readStacks(directory, artifacts), assetPaths: readAssetPaths(directory, artifacts, environment) };
}

interface Artifact {
  type?: string;
  environment?: string;
  properties?: { templateFile?: string; stackName?: string; tags?: Record<string, string>; file?: string };
  dependencies?: string[];
}

function readStacks(directory: string, artifacts: Record<string, Artifact>): StackFile[] {
  const broken: string[] = [];
  const stacks: StackFile[] = [];
  for (const id of deploymentOrder(artifacts)) {
    const { type, environment, properties = {} } = artifacts[id]!;
    if (type !== 'aws:cloudformation:stack') continue;

    const templateFile = properties.templateFile ?? `${id}.template.json`;
    const template = readJson(directory, templateFile);
    const frame = checkFrame(template);
    const place = (problem: string): string => `template ${templateFile}: ${problem}`;
    broken.push(...frame.broken.map(place));
    stacks.push({
      name: properties.stackName ?? id,
      environment,
      templateFile,
      template: template as Template,
      problems: frame.unknown.map(place),
      tags: Object.entries(properties.tags ?? {}).map(([key, value]) => ({ key, value })),
    });
  }
  if (broken.length > 0) throw new AssemblyError(broken);
  return stacks;
}

function deploymentOrder(artifacts: Record<string, Artifact>): string[] {
  try {
    return dependencyOrder(Object.keys(artifacts), (id) => artifacts[id]!.dependencies ?? []);
  } catch (error) {
    if (error instanceof DependencyCycleError) throw new AssemblyError([`manifest.json: ${error.message}`]);
    throw error;
  }
}

function readAssetPaths(
  directory: string,
  artifacts: Record<string, Artifact>,
  environment: Required<Environment>,
): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    const { files = {} } = readJson(directory, properties.file) as AssetManifest;
    for (const { source, destinations } of Object.values(files)) {
      // An asset made by a command instead of a path cannot be found here; using it is what is refused.
      if (source.path === undefined) continue;
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        paths.set(`${fillPlaceholders(bucketName, environment)}/${objectKey}`, join(directory, source.path));
      }
    }
  }
  return paths;
}

interface AssetManifest {
  files?: Record<
    string,
    { source: { path?: string }; destinations: Record<string, { bucketName: string; objectKey: string }> }
  >;
}

function fillPlaceholders(text: string, { accountId, region, partition }: Required<Environment>): string {
  return text
    .replaceAll(/\$\{AWS::AccountId\}/g, accountId)
    .replaceAll(/\$\{AWS::Region\}/g, region)
    .replaceAll(/\$\{AWS::Partition\}/g, partition);
}

function readJson(directory: string, file: string): unknown {
  const path = join(directory, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AssemblyError([`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AssemblyError([`${path} is not JSON: ${(error as Error).message.replaceAll('\n', ' ')}`]);
  }
}
