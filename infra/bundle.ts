import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { ServiceContract } from '../lib/service/contract';

/** Where the bundles of the handlers are: one directory each, with `index.mjs`. */
export interface Bundles {
  readonly directory: string;
  codeOf(service: string, handler: string): string;
}

/** Some of the SDK's dependencies are CommonJS modules and call `require`, which a module has not by itself. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles every handler in one call of esbuild, into a new temporary directory that the caller removes once the assets are
 * staged. ES modules with the SDK inside, its `module` builds first: they load in half the time of the CommonJS ones.
 */
export function bundleHandlers(services: readonly ServiceContract[]): Bundles {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
  const root = resolve(__dirname, '..');
  buildSync({
    absWorkingDir: root,
    entryPoints: services.flatMap(({ name, handlers }) =>
      Object.keys(handlers).map((handler) => ({
        in: join('functions', name, 'handlers', `${handler}.ts`),
        out: join(name, handler, 'index'),
      })),
    ),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    alias: { '@aws-sdk/credential-provider-node': join(root, 'lib/aws/environment-credentials.ts') },
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  return { directory, codeOf: (service, handler) => join(directory, service, handler) };
}
