import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cloud assemblies that every test run can read, by the context they are synthesized with. */
export const ASSEMBLY_CONTEXTS = {
  dev: {},
  prod: { stage: 'prod' },
  /** No party outside is played by a stand-in. */
  ownParties: {
    paymentProviderUrl: 'https://p.example',
    carrierUrl: 'https://c.example',
    notificationSenderUrl: 'https://n.example',
  },
  /** The sagas' own state machines are cheap ones, each with a durable twin that repairs. */
  express: { workflow: 'EXPRESS' },
  /** Some parties are, and access tokens come from another issuer than the user pool. */
  ownIssuer: { carrierUrl: 'https://c.example', issuer: 'https://id.example', audience: 'shop' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
export type AssemblyKind = keyof typeof ASSEMBLY_CONTEXTS;
export const ASSEMBLY_KINDS = Object.keys(ASSEMBLY_CONTEXTS) as AssemblyKind[];

export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties are whatever CloudFormation takes, and tests look into them.
  readonly Properties: any;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** An app of its own, of what the local cloud knows and the product does not use: see probe-app.ts. */
export const PROBE = 'probe';

/** A CloudFormation template, as the CDK writes it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** A stack of an assembly, as the manifest tells of it. */
export interface StackEntry {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the stacks that are deployed before it. */
  readonly dependencies: readonly string[];
  readonly templateFile: string;
}

/** Where the directory of all assemblies is told by the global setup to the workers, which inherit its environment. */
const ROOT_VARIABLE = 'HOLDFAST_TEST_ASSEMBLIES';

/** Tells the test files of this run where the assemblies are. For the global setup only. */
export function publishAssemblies(root: string): void {
  process.env[ROOT_VARIABLE] = root;
}

/** The directory that was published, if any. For the global teardown. */
export function findAssemblies(): string | undefined {
  return process.env[ROOT_VARIABLE];
}

/**
 * The directory of a synthesized cloud assembly. It belongs to all tests: read it, do not write into it.
 *
 * @throws {Error} when the run has no assemblies, because jest was started without the global setup.
 */
export function assemblyDirectory(kind: AssemblyKind | typeof PROBE): string {
  const root = findAssemblies();
  if (root === undefined || !existsSync(root)) {
    throw new Error(`there is no ${kind} assembly: jest needs globalSetup ./test/support/global-setup.ts`);
  }
  return join(root, kind);
}

/** The stacks of an assembly, in the order of its manifest. */
export function readStacks(kind: AssemblyKind): StackEntry[] {
  const { artifacts } = readJson(join(assemblyDirectory(kind), 'manifest.json')) as { artifacts: Artifacts };
  const isStack = (id: string) => artifacts[id]?.type === 'aws:cloudformation:stack';
  return Object.entries(artifacts)
    .filter(([id]) => isStack(id))
    .map(([name, { dependencies = [], properties }]) => ({
      name,
      tags: properties?.tags ?? {},
      dependencies: dependencies.filter(isStack),
      templateFile: properties?.templateFile ?? '',
    }));
}

/** The templates of an assembly by the name of their stack, such as `holdfast-dev-orders`. */
export function readTemplates(kind: AssemblyKind): ReadonlyMap<string, Template> {
  const directory = assemblyDirectory(kind);
  return new Map(
    readStacks(kind).map(({ name, templateFile }) => [name, readJson(join(directory, templateFile)) as Template]),
  );
}

type Artifacts = Record<
  string,
  { type: string; dependencies?: string[]; properties?: { tags?: Record<string, string>; templateFile?: string } }
>;

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
