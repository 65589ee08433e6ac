import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseCommandLine } from '../../../infra/start-options';
import type { Workflow } from '../../../lib/service/names';

/** What `npm run cost` was told. */
export interface CostOptions {
  /** Orders that go through, for each profile. */
  readonly orders: number;
  readonly workflows: readonly Workflow[];
  /** Where the same is written as JSON. */
  readonly json?: string;
}

const WORKFLOWS: readonly Workflow[] = ['STANDARD', 'EXPRESS'];
const MOST_ORDERS = 10_000;

/**
 * Reads and checks the command line: `--orders N` (1 to 10000, default 50), `--workflow STANDARD|EXPRESS` (default both),
 * `--json FILE`.
 *
 * @throws {Error} with one line that says what is wrong, the value and what is allowed.
 */
export function readCostOptions(args: readonly string[]): CostOptions {
  const { values } = parseCommandLine({
    args: [...args],
    options: { orders: { type: 'string', default: '50' }, workflow: { type: 'string' }, json: { type: 'string' } },
  });
  const { orders, workflow, json } = values;
  if (!/^\d{1,5}$/.test(orders) || Number(orders) < 1 || Number(orders) > MOST_ORDERS) {
    throw new Error(`--orders must be an integer from 1 to ${MOST_ORDERS}, got ${orders}`);
  }
  const workflows = WORKFLOWS.filter((known) => workflow === undefined || known === workflow);
  if (workflows.length === 0) throw new Error(`--workflow must be ${WORKFLOWS.join(' or ')}, got ${workflow}`);
  return { orders: Number(orders), workflows, ...(json !== undefined && { json: toFile(json) }) };
}

/** Looked at before the orders are placed, not when they have all been counted. */
function toFile(text: string): string {
  const file = resolve(text);
  try {
    if (text === '') throw new Error('the path is empty');
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`--json must be the path of a file in a directory that can be written to, got ${text}: ${reason}`);
  }
  return file;
}
