import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchBreaker } from './breaker/breaker-bench';
import { benchCircuits } from './circuit-benches';
import { benchEvents } from './event-benches';
import type { Figure } from './measure';
import { benchOrders } from './order-benches';
import { benchRooms } from './room-benches';
import { benchStock } from './stock-benches';

const PARTS = ['rooms', 'stock', 'orders', 'events', 'breaker', 'circuits'];

const FILE = resolve(__dirname, '../../.local/bench.json');

/**
 * `npm run bench -- [--orders N] [--seed N] [rooms|stock|orders|events|breaker|circuits]`: a table on the screen as it is measured, and
 * the same as JSON in a file. The part may be named by `--only`, too. `--orders`: how many orders there are when the memory is read for
 * the last time; default 10000. `--seed`: of the fleet simulation, which is the part `breaker`; default 1.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      orders: { type: 'string', default: '10000' },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  });
  const orders = Number(values.orders);
  if (!Number.isInteger(orders) || orders < 1) {
    throw new Error(`--orders must be an integer from 1, got ${values.orders}`);
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed must be an integer from 0, got ${values.seed}`);
  const [only = values.only] = positionals;
  if (positionals.length > 1 || (only !== undefined && !PARTS.includes(only))) {
    throw new Error(
      `the part must be one of ${PARTS.join(', ')}, got ${[...positionals, values.only ?? ''].join(' ').trim()}`,
    );
  }
  const figures: Figure[] = [];
  const loadBefore = loadavg();
  const tell = (measured: Figure[]) => {
    figures.push(...measured);
    for (const { name, value, unit } of measured) {
      console.log(`${name.padEnd(54)} ${String(value).padStart(10)} ${unit}`);
    }
  };
  const isWanted = (part: string) => only === undefined || only === part;
  if (isWanted('rooms')) await benchRooms(tell);
  if (isWanted('stock')) await benchStock(tell);
  if (isWanted('orders')) await benchOrders(orders, tell);
  if (isWanted('events')) await benchEvents(tell);
  if (isWanted('circuits')) await benchCircuits(tell);
  if (isWanted('breaker')) await benchBreaker(seed, (simulated) => figures.push(...simulated));

  // Whoever else works on this computer is in the figures, too.
  const load = { before: loadBefore, after: loadavg() };
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load };
  mkdirSync(join(FILE, '..'), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, null, 2)}\n`);
  console.log(`\nthe same as JSON: ${FILE}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
