import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchEvents } from './event-benches';
import type { Figure } from './measure';
import { benchOrders } from './order-benches';
import { benchRooms } from './room-benches';
import { benchStock } from './stock-benches';

const FILE = resolve(__dirname, '../../.local/bench.json');

/**
 * `npm run bench -- [--orders N] [--only rooms|stock|orders|events]`: a table on the screen as it is measured, and the same as JSON in a
 * file. `--orders`: how many orders there are when the memory is read for the last time; default 10000.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { orders: { type: 'string', default: '10000' }, only: { type: 'string' } },
  });
  const orders = Number(values.orders);
  if (!Number.isInteger(orders) || orders < 1) {
    throw new Error(`--orders must be an integer from 1, got ${values.orders}`);
  }
  if (values.only !== undefined && !['rooms', 'stock', 'orders', 'events'].includes(values.only)) {
    throw new Error(`--only must be rooms, stock, orders or events, got ${values.only}`);
  }
  const figures: Figure[] = [];
  const loadBefore = loadavg();
  const tell = (measured: Figure[]) => {
    figures.push(...measured);
    for (const { name, value, unit } of measured) {
      console.log(`${name.padEnd(54)} ${String(value).padStart(10)} ${unit}`);
    }
  };
  const isWanted = (part: string) => values.only === undefined || values.only === part;
  if (isWanted('rooms')) await benchRooms(tell);
  if (isWanted('stock')) await benchStock(tell);
  if (isWanted('orders')) await benchOrders(orders, tell);
  if (isWanted('events')) await benchEvents(tell);

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
