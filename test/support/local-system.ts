import { type AuditReport, audit } from '../../functions/operations/audit';
import { readBooks } from '../../functions/operations/aws-books';
import { systemClock } from '../../infra/local/clock';
import type { LogLine } from '../../infra/local/lambda/lambda';
import { type LocalCloud, startLocalCloud } from '../../infra/local/main';
import { ApiClient } from './api-client';
import { SagaReader } from './saga-timeline';

/** A running system, from the synthesized template, on free ports. */
export interface LocalSystem extends LocalCloud {
  readonly api: ApiClient;
  readonly sagas: SagaReader;
  /** Everything that functions have logged so far. */
  readonly logs: readonly LogLine[];
  /** Defects of the local cloud itself. */
  readonly errors: readonly unknown[];
  audit(): Promise<AuditReport>;
}

/** Starts the assembly on this computer; in memory unless a data directory is given. */
export async function startLocalSystem(options: {
  assemblyDirectory: string;
  dataDirectory?: string;
}): Promise<LocalSystem> {
  const logs: LogLine[] = [];
  const errors: unknown[] = [];
  const cloud = await startLocalCloud({
    ...options,
    port: 0,
    awsPort: 0,
    clock: systemClock,
    onLog: (line) => logs.push(line),
    onError: (error) => errors.push(error),
  });
  return {
    ...cloud,
    api: new ApiClient(cloud.apiUrl),
    sagas: new SagaReader(cloud.awsUrl),
    logs,
    errors,
    audit: async () => audit(await readBooks({ endpoint: cloud.awsUrl }), Date.now()),
  };
}
