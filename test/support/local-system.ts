import { type AuditReport, audit } from '../../functions/operations/audit/audit';
import { readBooks } from '../../functions/operations/audit/aws-books';
import { type Clock, systemClock } from '../../infra/local/clock';
import type { LogLine } from '../../infra/local/lambda/lambda';
import { type LocalCloud, startLocalCloud } from '../../infra/local/main';
import type { Use } from '../../infra/local/usage';
import { ApiClient } from './api-client';
import { recordGrants } from './record-grants';
import { SagaReader } from './saga-timeline';

/** A running system, from the synthesized template, on free ports. */
export interface LocalSystem extends LocalCloud {
  readonly api: ApiClient;
  readonly sagas: SagaReader;
  /** Everything that functions have logged so far. */
  readonly logs: readonly LogLine[];
  /** Every use of a service that AWS would bill, so far. */
  readonly uses: readonly Use[];
  /** What the local cloud gave notice of: denied calls, faults that struck, lost events. */
  readonly notices: readonly string[];
  /** Defects of the local cloud itself. */
  readonly errors: readonly unknown[];
  /** The order once it is not PENDING any more. */
  // biome-ignore lint/suspicious/noExplicitAny: the order as the API shows it
  settled(orderId: string, sub?: string): Promise<any>;
  /** The order once the API shows it in `status`. */
  // biome-ignore lint/suspicious/noExplicitAny: the order as the API shows it
  orderThatIs(status: string, orderId: string, sub?: string): Promise<any>;
  audit(): Promise<AuditReport>;
}

/** Starts the assembly on this computer; in memory unless a data directory is given. */
export async function startLocalSystem(options: {
  assemblyDirectory: string;
  dataDirectory?: string;
  clock?: Clock;
}): Promise<LocalSystem> {
  const logs: LogLine[] = [];
  const uses: Use[] = [];
  const notices: string[] = [];
  const errors: unknown[] = [];
  const cloud = await startLocalCloud({
    clock: systemClock,
    ...options,
    port: 0,
    awsPort: 0,
    onLog: (line) => logs.push(line),
    onUse: (use) => uses.push(use),
    onNotice: (line) => notices.push(line),
    onError: (error) => errors.push(error),
  });
  const api = new ApiClient(cloud.apiUrl);
  return {
    ...cloud,
    api,
    sagas: new SagaReader(cloud.awsUrl),
    logs,
    uses,
    notices,
    errors,
    close: async () => {
      await cloud.close();
      recordGrants(options.assemblyDirectory, cloud.grants());
    },
    settled: (orderId, sub = 'alice') => untilOrder(api, orderId, sub, (status) => status !== 'PENDING'),
    orderThatIs: (status, orderId, sub = 'alice') => untilOrder(api, orderId, sub, (now) => now === status),
    audit: async () => audit(await readBooks({ endpoint: cloud.awsUrl }), Date.now()),
  };
}

/** Longer than an order may take, its retries and undos included. */
const GIVE_UP_AFTER_MS = 90_000;

async function untilOrder(api: ApiClient, orderId: string, sub: string, isIt: (status: string) => boolean) {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const { status, json, text } = await api.call('GET', `/v1/orders/${orderId}`, { sub });
    if (status !== 200) throw new Error(`order ${orderId}: ${status} ${text}`);
    if (isIt(json.status)) return json;
    if (Date.now() > deadline) throw new Error(`order ${orderId} is ${json.status} after ${GIVE_UP_AFTER_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
