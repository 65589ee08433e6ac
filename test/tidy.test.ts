import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const FOLDERS = ['functions', 'infra', 'lib', 'test'];

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** What it imports: paths from the root for our own files, package names for others. */
  readonly imports: readonly string[];
  /** Without imports of types only, which are gone when the program runs. */
  readonly runtimeImports: readonly string[];
}

const files = FOLDERS.flatMap(readSources);

/** Who may import whom. `OWN` is what the group in `of` matched. `of` are the importers, `never` what they must not import, and `instead` what to do. */
const RULES: ReadonlyArray<{ of: RegExp; except?: RegExp; never: RegExp; instead: string }> = [
  {
    of: /^infra\/(?!local\/)/,
    never: /^functions\/(?!services$|[^/]+\/contract$|[^/]+\/[^/]+\.saga$)/,
    instead: 'say it in the contract: infrastructure knows contracts, never a domain, a store or a handler',
  },
  {
    of: /^infra\/(?!local\/)/,
    never: /^lib\/(?!service\/|saga\/|env$|http\/problem$)/,
    instead:
      'infrastructure uses lib/service and lib/saga (and the type URI of problems); the rest of lib runs in functions',
  },
  {
    of: /^infra\/local\//,
    never: /^(functions\/|lib\/(?!errors\/)|infra\/(?!local\/))/,
    instead: 'read it from the cloud assembly: the local cloud knows no contract and no business',
  },
  {
    of: /^infra\/local\/([^/]+)\//,
    except: /^infra\/local\/(resources|calls)\//,
    never: /^infra\/local\/(?!OWN\/|storage\/)[^/]+\//,
    instead: 'pass it in from infra/local/main.ts: rooms do not know each other',
  },
  {
    of: /^functions\/([^/]+)\//,
    never: /^functions\/(?!OWN\/)[^/]+\/(?!(contract|events)$)/,
    instead: 'call the other service by its contract, react to its events: its domain, store and handlers are its own',
  },
  {
    of: /^functions\/[^/]+\/domain\.ts$/,
    never: /^(?!lib\/(errors|money)|functions\/[^/]+\/contract$)/,
    instead: 'keep domain.ts pure: no SDK, environment, clock or randomness; pass values in',
  },
  {
    of: /^lib\//,
    never: /^(functions|infra|test)\//,
    instead: 'lib knows no service and no wiring: take it as an argument',
  },
  {
    of: /^(functions|lib)\//,
    except: /(^|\/)(dynamodb|eventbridge|aws)-[^/]+\.ts$|^functions\/[^/]+\/store\.ts$/,
    never: /^@aws-sdk\//,
    instead: 'put the SDK into a file named dynamodb-*, eventbridge-* or aws-*, or into the store',
  },
  {
    of: /^(functions|lib|infra\/local)\//,
    never: /^(aws-cdk-lib|constructs)/,
    instead: 'the CDK belongs to infra, outside infra/local',
  },
  { of: /^(functions|lib|infra)\//, never: /^test\//, instead: 'move it out of test' },
];

describe('the tree', () => {
  it.each(RULES.map((rule) => [`${rule.of.source} imports nothing of ${rule.never.source}`, rule] as const))(
    '%s',
    (_, rule) => {
      const found = files
        .filter(({ path }) => rule.of.test(path) && !rule.except?.test(path))
        .flatMap(({ path, imports }) => {
          const own = rule.of.exec(path)?.[1] ?? '';
          const never = new RegExp(rule.never.source.replaceAll('OWN', own));
          return imports.filter((name) => never.test(name)).map((name) => `${path} imports ${name}: ${rule.instead}`);
        });

      expect(found).toEqual([]);
    },
  );

  it('reads the environment in lib/env.ts and in the function runtime only', () => {
    const readers = files
      .filter(({ path, text }) => /\bprocess\.env\b/.test(text) && !path.startsWith('test/'))
      .map(({ path }) => path)
      .filter((path) => path !== 'lib/env.ts' && !path.startsWith('infra/local/lambda/'));

    expect(readers).toEqual([]);
  });

  it('keeps source files under 300 lines and tests under 400', () => {
    const long = files
      .filter(({ path, lines }) => lines.length > (path.startsWith('test/') ? 400 : 300))
      .map(({ path, lines }) => `${path} has ${lines.length} lines: give each of its subjects a file`);

    expect(long).toEqual([]);
  });

  it('has no cycle of imports, but for types', () => {
    const graph = new Map(files.map(({ path, runtimeImports }) => [path.replace(/(\.d)?\.ts$/, ''), runtimeImports]));
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (name: string, trail: readonly string[]): void => {
      if (trail.includes(name)) cycles.push([...trail.slice(trail.indexOf(name)), name].join(' -> '));
      if (done.has(name) || trail.includes(name)) return;
      for (const next of graph.get(name) ?? []) if (graph.has(next)) visit(next, [...trail, name]);
      done.add(name);
    };
    for (const name of graph.keys()) visit(name, []);

    expect(cycles).toEqual([]);
  });

  it('has no dead file: each is imported, is an entry, or is a test', () => {
    const imported = new Set(files.flatMap(({ imports }) => imports));
    const scripts = readFileSync(join(ROOT, 'package.json'), 'utf8') + readFileSync(join(ROOT, 'cdk.json'), 'utf8');
    const dead = files
      .map(({ path }) => path)
      .filter((path) => !imported.has(path.replace(/\.ts$/, '')))
      .filter((path) => !/\.test\.ts$|\.d\.ts$|^functions\/[^/]+\/handlers\//.test(path) && !scripts.includes(path))
      .filter((path) => !files.some(({ path: by, text }) => by !== path && isNamedIn(path, text)));

    expect(dead).toEqual([]);
  });

  it('has a source file for each test that mirrors one', () => {
    const known = new Set(files.map(({ path }) => path));
    const own = /^test\/(flows|properties|adapters|faults|bench|support|stories)\/|^test\/[^/]+\.test\.ts$/;
    const stray = files
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.test.ts') && !own.test(path))
      .filter((path) => !hasSource(path, known));

    expect(stray).toEqual([]);
  });

  it('leaves no note to self and no focused or skipped test', () => {
    const notes = files.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        /\b(TO[D]O|FIX[M]E|XX[X])\b|\b(it|test|describe)\.(onl[y]|ski[p]|tod[o])\(/.test(line)
          ? [`${path}:${index + 1}`]
          : [],
      ),
    );

    expect(notes).toEqual([]);
  });
});

/** `test/a/b.test.ts` tests `a/b.ts`; a file whose subject takes several tests has them in one folder with it. */
function hasSource(path: string, known: ReadonlySet<string>): boolean {
  const mirrored = path.replace(/^test\//, '').replace(/\.test\.ts$/, '');
  if (known.has(`${mirrored}.ts`)) return true;
  return [...known].some((source) => dirname(source) === dirname(mirrored));
}

/** Files that are started by a path in another file, such as a worker's program. */
function isNamedIn(path: string, text: string): boolean {
  const name = path.split('/').at(-1) ?? path;
  return text.includes(`'${name}'`) || text.includes(`/${name}'`) || text.includes(`'${name.replace(/\.ts$/, '')}'`);
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      return {
        path: relative(ROOT, file).replaceAll('\\', '/'),
        text,
        lines: text.replace(/\n$/, '').split('\n'),
        imports: importsOf(text, dirname(file)),
        runtimeImports: importsOf(text.replace(/^\s*(import|export) type\b[^;]*;/gm, ''), dirname(file)),
      };
    });
}

function importsOf(text: string, directory: string): string[] {
  const names = [
    ...text.matchAll(/^\s*(?:import|export)\b[^;'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm),
  ];
  return names.map((match) => {
    const name = match[1] ?? match[2] ?? '';
    return name.startsWith('.') ? relative(ROOT, resolve(directory, name)).replaceAll('\\', '/') : name;
  });
}
