import { services } from '../../../functions/services';
import type { LogLine } from '../../../infra/local/lambda/lambda';
import type { Use } from '../../../infra/local/usage';
import type { Trigger } from '../../../lib/service/contract';
import { functionName, tableName } from '../../../lib/service/names';
import { percentile, sum } from '../measure';
import { type EventUse, type QueueUse, toEventUses, toQueueUses } from './event-uses';
import type { Execution } from './execution';

/** The stage that is synthesized when none is named. */
export const STAGE = 'dev';

/** What was seen of the local cloud while orders were placed and carried out. */
export interface Seen {
  readonly uses: readonly Use[];
  /** Lines of the functions' logs. */
  readonly functionLogs: readonly LogLine[];
  /** Lines of every other log, in bytes. */
  readonly otherLogBytes: readonly number[];
  readonly apiRequests: number;
  readonly executions: readonly Execution[];
}

/** What one function did. */
export interface FunctionUse {
  readonly name: string;
  readonly invocations: number;
  readonly memoryMb: number;
  /** How long an invocation was billed for on this computer: the median, because others work here too. */
  readonly billedMs: number;
}

/** What was done with one table by one operation, and the capacity units that it took. */
export interface TableUse {
  readonly service: string;
  readonly operation: string;
  readonly kind: 'read' | 'write';
  readonly calls: number;
  readonly units: number;
}

/** Operations of the services that AWS bills. Stand-ins of outside parties and scheduled functions are not in it. */
export interface Operations {
  readonly apiRequests: number;
  readonly functions: readonly FunctionUse[];
  readonly executions: number;
  readonly transitions: number;
  readonly expressGbSeconds: number;
  readonly tables: readonly TableUse[];
  readonly streamReads: number;
  readonly events: readonly EventUse[];
  readonly queues: readonly QueueUse[];
  /** What the functions and the platform wrote of them. */
  readonly functionLogBytes: number;
  /** What the API and the state machines wrote. */
  readonly otherLogBytes: number;
  /** Traces of which X-Ray may record one: requests, stream batches, executions, batches of queues. */
  readonly traceRoots: number;
}

/**
 * CloudWatch Logs counts 26 bytes for each line beside its text.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const BYTES_OF_A_LINE = 26;

const own = services.filter(({ standIn }) => !standIn);
/** But the one of the circuits, which is used by time and not by order: the more orders there are, the less of it falls on each. */
const tables: ReadonlyMap<string, string> = new Map(
  own.filter(({ keepsCircuits }) => !keepsCircuits).map(({ name }) => [tableName(STAGE, name), name]),
);
/** The functions that work for an order, by name. */
const ours: ReadonlyMap<string, { readonly label: string; readonly kind: Trigger['kind'] }> = new Map(
  own
    .flatMap(({ name, handlers }) =>
      Object.entries(handlers).map(([handler, { trigger }]) => {
        const what = { label: `${name}/${handler}`, kind: trigger.kind };
        return [functionName(STAGE, name, handler), what] as const;
      }),
    )
    .filter(([, { kind }]) => kind !== 'schedule'),
);

/** Counts what was seen. Whoever is not a function of ours, such as the bench that reads tables, is left out. */
export function countOperations({ uses, functionLogs, otherLogBytes, apiRequests, executions }: Seen): Operations {
  const invoked = uses.flatMap((use) =>
    use.service === 'lambda' && ours.has(use.functionName) ? [use.functionName] : [],
  );
  const lines = functionLogs.filter((line) => ours.has(line.functionName));
  const countOf = (...kinds: Array<Trigger['kind']>) =>
    invoked.filter((name) => kinds.includes(ours.get(name)?.kind ?? 'schedule')).length;
  const streamReads = countOf('stream', 'relay');
  return {
    apiRequests,
    functions: toFunctions(invoked, uses),
    executions: executions.length,
    transitions: sum(executions.map(({ transitions }) => transitions)),
    expressGbSeconds: sum(executions.map(({ gbSeconds }) => gbSeconds)),
    tables: toTables(uses),
    streamReads,
    events: toEventUses(uses, (functionName) => ours.has(functionName)),
    queues: toQueueUses(uses, (name) => ours.get(name)?.label),
    functionLogBytes: sum(lines.map(({ message }) => Buffer.byteLength(message) + BYTES_OF_A_LINE)),
    otherLogBytes: sum(otherLogBytes.map((bytes) => bytes + BYTES_OF_A_LINE)),
    // A call between services goes on with the trace of its caller; a batch is linked to the traces of its messages, and has its own.
    traceRoots: apiRequests + executions.length + streamReads + countOf('events'),
  };
}

/** In the order in which they were first used. */
function toTables(uses: readonly Use[]): TableUse[] {
  const found = uses.flatMap((use) => {
    const service = use.service === 'dynamodb' && ours.has(use.functionName ?? '') ? tables.get(use.table) : undefined;
    return use.service === 'dynamodb' && service !== undefined ? [{ ...use, service }] : [];
  });
  const names = [...new Set(found.map(({ service, operation }) => `${service} ${operation}`))];
  return names.map((name) => {
    const same = found.filter(({ service, operation }) => `${service} ${operation}` === name);
    const [service = '', operation = ''] = name.split(' ');
    const kind = READS.test(operation) ? 'read' : 'write';
    return { service, operation, kind, calls: same.length, units: sum(same.map(({ units }) => units)) };
  });
}

const READS = /^(GetItem|BatchGetItem|TransactGetItems|Query|Scan)$/;

function toFunctions(invoked: readonly string[], uses: readonly Use[]): FunctionUse[] {
  return [...new Set(invoked)].map((name) => {
    const times = uses.flatMap((use) => (use.service === 'lambda-time' && use.functionName === name ? [use] : []));
    return {
      name: ours.get(name)?.label ?? name,
      invocations: invoked.filter((other) => other === name).length,
      memoryMb: times[0]?.memoryMb ?? 0,
      billedMs: percentile(
        times.map(({ billedMs }) => billedMs),
        0.5,
      ),
    };
  });
}
