import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { services } from '../../functions/services';
import { type Bundles, bundleHandlers } from '../../infra/bundle';
import type { ServiceContract } from '../../lib/service/contract';

const MAX_BUNDLE_BYTES = 400 * 1024;
const handlersOf = ({ name, handlers }: ServiceContract) =>
  Object.keys(handlers).map((handler) => [name, handler] as const);

describe('the bundles of all handlers', () => {
  let bundles: Bundles;

  beforeAll(() => {
    bundles = bundleHandlers(services);
  });

  afterAll(() => {
    rmSync(bundles.directory, { recursive: true, force: true });
  });

  describe.each(services.flatMap(handlersOf))('%s/%s', (service, handler) => {
    const file = (name: string) => join(bundles.codeOf(service, handler), name);

    it('is one module with its source map, and nothing else', () => {
      expect(readdirSync(bundles.codeOf(service, handler)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    });

    it('is at most 400 KB, so that a cold start stays short', () => {
      expect(statSync(file('index.mjs')).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
    });

    it('is an ES module that exports the handler and needs no package at run time', () => {
      const code = readFileSync(file('index.mjs'), 'utf8');
      const imports = [...code.matchAll(/(?:^|;)import(?:[^'"`;]*?from)?\s*["']([^"']+)["']/g)].map(([, name]) => name);

      expect(code).toMatch(/export\s*\{[^}]*\bas handler\b[^}]*\}|export\s+(?:const|let|var)\s+handler\b/);
      expect(imports).toContain('node:module');
      expect(imports.filter((name) => !isBuiltin(name ?? ''))).toEqual([]);
    });

    it('maps back to the sources without carrying them', () => {
      const map = JSON.parse(readFileSync(file('index.mjs.map'), 'utf8'));

      expect(map.sources).toContainEqual(
        expect.stringMatching(new RegExp(`functions/${service}/handlers/${handler}.ts$`)),
      );
      expect(map.sourcesContent).toBeUndefined();
    });
  });
});

describe('bundling', () => {
  it('gives every call a directory of its own', () => {
    const [first, second] = [bundleHandlers([]), bundleHandlers([])];
    try {
      expect(existsSync(first.directory)).toBe(true);
      expect(second.directory).not.toBe(first.directory);
    } finally {
      for (const { directory } of [first, second]) rmSync(directory, { recursive: true, force: true });
    }
  });
});
