import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { services } from '../../../functions/services';

/** The code of a handler, run anew for each execution environment: `Environment` says with what in place of its globals. */
export type Bundle = (globals: Readonly<Record<(typeof GLOBALS)[number], unknown>>) => { readonly handler: Handler };

/** What Lambda calls. */
export type Handler = (event: unknown, context: object) => Promise<unknown>;

/** The names through which a handler reaches what is around it. */
const GLOBALS = [
  ...['require', 'process', 'console', 'fetch'],
  ...['Date', 'Math', 'setTimeout', 'clearTimeout', 'AbortSignal'],
] as const satisfies readonly string[];

let bundles: ReadonlyMap<string, Bundle> | undefined;

const require = createRequire(__filename);
const packages = new Map<string, unknown>();

/** A package as it is, for what the simulation does not play. Looked for once: every environment that starts asks for some. */
export function requirePackage(name: string): unknown {
  if (!packages.has(name)) packages.set(name, require(name));
  return packages.get(name);
}

/**
 * The deployed handler `service/handler`. All of them are bundled once for a process, each with its own copy of the project's
 * code and with the packages left outside.
 *
 * @throws {Error} when there is no such handler, or its code does not compile
 */
export function getBundle(service: string, handler: string): Bundle {
  bundles ??= bundleAll();
  const bundle = bundles.get(`${service}/${handler}`);
  if (bundle === undefined) throw new Error(`there is no handler ${service}/${handler}`);
  return bundle;
}

function bundleAll(): Map<string, Bundle> {
  const root = resolve(__dirname, '../../..');
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: services.flatMap(({ name, handlers }) =>
      Object.keys(handlers).map((handler) => ({
        in: join('functions', name, 'handlers', `${handler}.ts`),
        out: join(name, handler),
      })),
    ),
    outdir: '/',
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(1).replace(/\.js$/, ''), compile(text)]));
}

/** Compiled once, run for each environment: its modules are then made anew, as at a cold start. */
function compile(text: string): Bundle {
  const run = new Function('module', ...GLOBALS, text) as (module: { exports: object }, ...globals: unknown[]) => void;
  return (globals) => {
    const module = { exports: {} };
    run(module, ...GLOBALS.map((name) => globals[name]));
    return module.exports as ReturnType<Bundle>;
  };
}
