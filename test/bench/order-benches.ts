import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize';
import { ApiClient, orderBody } from '../support/api-client';
import { Command } from '../support/command';
import { type Figure, round, spread } from './measure';

/** Orders for one SKU share a row; a shop has more than one. */
const SKUS = Array.from({ length: 50 }, (_, index) => `SKU-${index}`);
const RATES = [10, 25, 50];
const SECONDS_PER_RATE = 20;

/**
 * Orders through HTTP, against `npm start` in a process of its own with its state on disk. `orders`: how many there are when
 * the memory is read for the last time.
 */
export async function benchOrders(orders: number, tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const assembly = join(directory, 'cdk.out');
    await synthesize(assembly);
    const startedAt = performance.now();
    const flags = ['--template', assembly, '--data', join(directory, 'data'), '--port', '0', '--aws-port', '0'];
    const command = new Command('start', [...flags, '--no-seed']);
    try {
      const { api } = await command.ready();
      tell([{ name: 'start from an assembly', value: round(performance.now() - startedAt), unit: 'ms' }]);
      const shop = new Shop(new ApiClient(api));
      await shop.open();
      for (const ratePerSecond of RATES) tell(await shop.measure(ratePerSecond, SECONDS_PER_RATE));
      for (const total of [1_000, orders]) {
        await shop.fillTo(total);
        tell([{ name: `memory after ${shop.accepted} orders`, value: memoryMb(command.pid), unit: 'MB' }]);
      }
    } finally {
      await command.stop('SIGKILL');
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Placed {
  readonly orderId: string;
  readonly dueAt: number;
}

class Shop {
  accepted = 0;

  constructor(private readonly api: ApiClient) {}

  async open(): Promise<void> {
    for (const sku of SKUS) await this.api.putStock(sku, 1_000_000);
    // The first orders start the environments of every function.
    await this.untilEnded(await this.burst(20));
  }

  /** Orders come at their time whether or not earlier ones are answered, and what they wait is counted from that time. */
  async measure(ratePerSecond: number, seconds: number): Promise<Figure[]> {
    const startsAt = Date.now() + 100;
    const acceptMs: number[] = [];
    const placed: Placed[] = [];
    let errors = 0;
    const arrivals = Array.from({ length: ratePerSecond * seconds }, async (_, index) => {
      const dueAt = startsAt + (index * 1000) / ratePerSecond;
      await new Promise((resolve) => setTimeout(resolve, dueAt - Date.now()));
      const orderId = await this.place(index);
      if (orderId === undefined) errors += 1;
      else {
        acceptMs.push(Date.now() - dueAt);
        placed.push({ orderId, dueAt });
      }
    });
    await Promise.all(arrivals);
    const confirmMs = await this.untilEnded(placed);
    const name = `orders at ${ratePerSecond}/s:`;
    return [
      ...spread(`${name} accept`, acceptMs),
      ...spread(`${name} confirm`, confirmMs),
      { name: `${name} errors`, value: errors, unit: '' },
    ];
  }

  async fillTo(total: number): Promise<void> {
    while (this.accepted < total) await this.untilEnded(await this.burst(Math.min(16, total - this.accepted)));
  }

  private async burst(count: number): Promise<Placed[]> {
    const dueAt = Date.now();
    const ids = await Promise.all(Array.from({ length: count }, (_, index) => this.place(index)));
    return ids.flatMap((orderId) => (orderId === undefined ? [] : [{ orderId, dueAt }]));
  }

  private async place(index: number): Promise<string | undefined> {
    const sku = SKUS[index % SKUS.length] ?? '';
    const answer = await this.api.placeOrder(orderBody({ sku })).catch(() => undefined);
    if (answer?.status !== 202) return undefined;
    this.accepted += 1;
    return answer.json.orderId;
  }

  /** How long each took from its time to its end, by the clock of the system, which is this computer's. */
  private async untilEnded(placed: readonly Placed[]): Promise<number[]> {
    const took: number[] = [];
    for (const { orderId, dueAt } of placed) {
      for (;;) {
        const { json } = await this.api.call('GET', `/v1/orders/${orderId}`);
        if (json.status !== 'PENDING') {
          took.push(Date.parse(json.updatedAt) - dueAt);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    return took;
  }
}

function memoryMb(pid: number): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Math.round(Number(kilobytes) / 1024);
}
