import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { services } from '../../../functions/services';

const ROOT = resolve(__dirname, '../../..');
const MAX_VALIDATOR_BYTES = 5 * 1024;
const READING = "export { parseEnvelope } from './lib/events/event-envelope';";

/** Bytes of a module with all that it imports, as it lies in the bundle of a handler, compressed. */
function compressedBytes(source: string): number {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

/**
 * Everything is counted that checking an event takes and business does not: the schemas of the owner's events with their casts, the
 * envelope, the errors, and the parts of valibot that these use.
 */
describe.each(services.filter(({ events = [] }) => events.length > 0))(
  'what checks the events of $name',
  ({ name }) => {
    it('is at most 5 KB compressed, all of its events, the envelope and valibot together', () => {
      const bytes = compressedBytes(`export * from './functions/${name}/events'; ${READING}`);

      expect(bytes).toBeLessThanOrEqual(MAX_VALIDATOR_BYTES);
      // Less than the reading alone would mean that the events were not in the bundle.
      expect(bytes).toBeGreaterThan(compressedBytes(READING));
    });
  },
);
