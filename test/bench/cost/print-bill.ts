import { type BillRow, totalOf } from './bill';
import type { FunctionUse } from './operations';
import { PRICES_OF } from './prices';

/** The bill as a table: what an order takes, and what a million of them cost. */
export function toBillTable(title: string, rows: readonly BillRow[]): string {
  const lines = rows.map(({ service, unit, perOrder, dollarsPerMillionOrders }) =>
    line(service, unit, toQuantity(perOrder), dollarsPerMillionOrders.toFixed(2)),
  );
  const total = line('total', '', '', totalOf(rows).toFixed(2));
  return [title, line('service', 'unit', 'per order', '$ per 1M orders'), ...lines, total].join('\n');
}

/** How often an order invokes each function, and how long one of its invocations was billed for. */
export function toFunctionTable(functions: readonly FunctionUse[], orders: number): string {
  const cells = (name: string, count: string, memory: string, billed: string) =>
    `  ${name.padEnd(30)}${count.padStart(12)}${memory.padStart(10)}${billed.padStart(16)}`;
  const lines = functions.map(({ name, invocations, memoryMb, billedMs }) =>
    cells(name, toQuantity(invocations / orders), String(memoryMb), String(billedMs)),
  );
  return [cells('function', 'per order', 'MB', 'ms billed'), ...lines].join('\n');
}

/** What the figures are, and what they are not. */
export const NOTES = [
  `Prices: ${PRICES_OF.region}, list prices collected ${PRICES_OF.collectedAt}, no free tier and no discount; test/bench/cost/prices.ts has the source of each.`,
  'Operations are counted; durations (the GB-seconds) are of this computer: medians, with warm functions and stand-ins for provider and carrier.',
  'A request to a queue is a send (by the rule), a receive that finds messages, or a deletion; bytes are archived for a month.',
  'A transition is a state entered, a retry, or the start; should AWS count the end too, it is $25 more for each million.',
  'Each order is of another customer, so each asks the authorizer; of a product of its own; nobody asks what became of it.',
  'Not in it: what is billed by the month (storage, backups, secrets, metrics, alarms, scheduled functions), cold starts, data transfer,',
  'what queues are asked for without having a message (Lambda asks each of them all the time: five pollers are about $0.26 a month),',
  'the table of the circuits (for each party five writes a second at most while all is well, and for each instance a read in five seconds),',
  "the parties' own fees, and conditional writes that fail (about one write unit for each refusal).",
].join('\n');

function line(service: string, unit: string, perOrder: string, dollars: string): string {
  return `  ${service.padEnd(16)}${unit.padEnd(24)}${perOrder.padStart(12)}${dollars.padStart(18)}`;
}

function toQuantity(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 4 : 2);
}
