import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssemblyError } from './assembly-error';
import { dependencyOrder } from './dependency-order';
import { EMPTY_TEMPLATE, type Template } from './template';

/** The files of a cloud assembly. */
export interface AssemblyFiles {
  /** In the order in which they are deployed. */
  stacks: StackFile[];
  /** Where an uploaded asset lies on this computer: absolute path by object key, which is made of its content's hash. */
  assetPaths: Map<string, string>;
}

export interface StackFile {
  name: string;
  /** The account and region it is made for, as `aws://<account>/<region>`. */
  environment: string;
  templateFile: string;
  template: Template;
}

/**
 * Reads the manifest of a cloud assembly, and the templates and asset manifests that it names.
 *
 * @throws {AssemblyError} when a file cannot be read, or there is a nested assembly.
 * @see https://github.com/aws/aws-cdk/blob/main/packages/%40aws-cdk/cloud-assembly-schema/README.md
 */
export function readAssembly(directory: string): AssemblyFiles {
  const { artifacts } = readJson<{ artifacts: Record<string, Artifact> }>(directory, 'manifest.json');
  const files: AssemblyFiles = { stacks: [], assetPaths: new Map() };
  for (const id of dependencyOrder(Object.keys(artifacts), (one) => artifacts[one]?.dependencies ?? [])) {
    const { type, environment = 'aws://unknown-account/unknown-region', properties = {} } = artifacts[id] ?? {};
    if (type === 'cdk:cloud-assembly') {
      throw new AssemblyError([
        `artifact ${id} is a nested cloud assembly (a CDK Stage); the local cloud runs stacks only`,
      ]);
    }
    if (type === 'aws:cloudformation:stack') {
      const { stackName: name = id, templateFile = `${id}.template.json` } = properties;
      const template = { ...EMPTY_TEMPLATE, ...readJson<Partial<Template>>(directory, templateFile) };
      files.stacks.push({ name, environment, templateFile, template });
    }
    if (type === 'cdk:asset-manifest' && properties.file !== undefined) {
      addAssetPaths(files.assetPaths, directory, properties.file);
    }
  }
  return files;
}

interface Artifact {
  type?: string;
  environment?: string;
  properties?: { templateFile?: string; stackName?: string; file?: string };
  dependencies?: string[];
}

interface AssetManifest {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
}

function addAssetPaths(assetPaths: Map<string, string>, directory: string, manifestFile: string): void {
  const { files = {} } = readJson<AssetManifest>(directory, manifestFile);
  for (const { source, destinations } of Object.values(files)) {
    // An asset made by a command instead of a path cannot be found here; using it is what is refused.
    if (source.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) assetPaths.set(objectKey, join(directory, source.path));
  }
}

function readJson<T>(directory: string, file: string): T {
  const path = join(directory, file);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message.replaceAll('\n', ' ');
    throw new AssemblyError([`${path} cannot be read: ${reason}; synthesize it first (npm run synth)`]);
  }
}
