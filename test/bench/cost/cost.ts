import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildApp } from '../../../infra/app';
import type { Workflow } from '../../../lib/service/names';
import { demoStories, type Story } from '../../stories/stories';
import { startLocalSystem } from '../../support/local-system';
import { type BillRow, toBill, totalOf } from './bill';
import { OrderMeter } from './carry-out-orders';
import { readCostOptions } from './cost-options';
import type { Operations } from './operations';
import { PRICES, PRICES_OF } from './prices';
import { NOTES, toBillTable, toFunctionTable } from './print-bill';

const CONFIRMED = demoStories.filter(({ status }) => status === 'CONFIRMED').slice(0, 1);
/** Refusals: by the stock, the provider and the carrier. No outage, whose cost is a matter of its retries, and no undo that fails. */
const REJECTED = demoStories.filter(
  ({ rejection, afterwards }) => rejection && !afterwards && !/UNAVAILABLE/.test(rejection.code),
);
const REJECTED_OF_EACH = 4;

interface Account {
  readonly workflow: Workflow;
  readonly what: string;
  readonly orders: number;
  readonly operations: Operations;
  readonly bill: readonly BillRow[];
  readonly dollarsPerMillionOrders: number;
}

/**
 * `npm run cost -- [--orders N] [--workflow STANDARD|EXPRESS] [--json FILE]`: what an order costs, from operations that are counted
 * while the synthesized template runs here.
 */
async function main(): Promise<void> {
  const { orders, workflows, json } = readCostOptions(process.argv.slice(2));
  const accounts: Account[] = [];
  for (const workflow of workflows) {
    for (const account of await measure(workflow, orders)) {
      accounts.push(account);
      const title = `${workflow}: ${account.orders} orders, ${account.what}`;
      console.log(`${toBillTable(title, account.bill)}\n`);
      console.log(`${toFunctionTable(account.operations.functions, account.orders)}\n`);
    }
  }
  console.log(NOTES);
  if (json === undefined) return;
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  const all = { at: new Date().toISOString(), machine, prices: { ...PRICES_OF, ...PRICES }, accounts };
  writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`\nthe same as JSON: ${json}`);
}

async function measure(workflow: Workflow, orders: number): Promise<Account[]> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-cost-'));
  try {
    const assemblyDirectory = join(directory, 'cdk.out');
    const { context } = JSON.parse(readFileSync(resolve(__dirname, '../../../cdk.json'), 'utf8'));
    buildApp({ outdir: assemblyDirectory, context: { ...context, workflow } }).synth();
    const system = await startLocalSystem({ assemblyDirectory });
    try {
      const meter = new OrderMeter(system, workflow);
      // The first orders start the environments of every function, and pay for the secrets and keys that they keep.
      await meter.measure([...CONFIRMED, ...REJECTED]);
      const account = async (what: string, stories: readonly Story[]): Promise<Account> => {
        const operations = await meter.measure(stories);
        const bill = toBill(operations, stories.length, workflow);
        const dollarsPerMillionOrders = totalOf(bill);
        return { workflow, what, orders: stories.length, operations, bill, dollarsPerMillionOrders };
      };
      const refused = REJECTED.map(({ rejection }) => rejection?.code).join(', ');
      return [
        await account('all confirmed', repeat(CONFIRMED, orders)),
        await account(`all rejected (${refused})`, repeat(REJECTED, REJECTED_OF_EACH)),
      ];
    } finally {
      await system.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function repeat(stories: readonly Story[], times: number): Story[] {
  return Array.from({ length: times }, () => stories).flat();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
