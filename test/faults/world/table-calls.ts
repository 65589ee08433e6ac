import { circuits } from '../../../functions/circuits/contract';
import type { DynamoDb } from '../../../infra/local/dynamodb/dynamodb';
import { tableName } from '../../../lib/service/names';
import type { Fate } from '../fates';
import type { Crossings } from './crossings';
import { DiedError } from './died-error';
import type { Invocation, Surroundings } from './environment';
import { STAGE } from './place';
import { noAnswer, type Retrying, serviceError, toSdkError, withSdkRetries } from './sdk-calls';
import type { StaleReads } from './stale-reads';

type Wire = Record<string, unknown>;

/** The longest wait for one answer that `openTable` allows. */
const TIMEOUT_MS = 2_000;

/** Not a table of the service that calls it. */
const CIRCUITS = tableName(STAGE, circuits.name);

/** What calls of DynamoDB need. */
export interface TableCallsOptions {
  readonly crossings: Crossings;
  readonly db: DynamoDb;
  readonly staleReads: StaleReads;
  readonly retrying: (invocation: Invocation) => Retrying;
}

/** How the functions of a service call DynamoDB. What happens inside of an outside party is not ours to strike. */
export function tableCalls(service: string, isOutside: boolean, options: TableCallsOptions): Surroundings['table'] {
  const { crossings, staleReads, retrying } = options;
  return async (invocation, operation, request) => {
    const isWrite = /Put|Update|Delete|Write/.test(operation);
    const perform = (fate: Fate) => carryOut(options, invocation, { operation, request, isWrite, fate });
    if (isOutside) return perform({ kind: 'ok' });
    const { phase } = invocation;
    const orderId = orderOf(request) ?? invocation.orderId;
    const name = `${request.TableName === CIRCUITS ? circuits.name : service} ${operation}`;
    const attempt = () =>
      crossings.cross({
        call: { edge: 'table', name, phase, ...(orderId !== undefined && { orderId }), isWrite },
        perform,
        carriesOut: staleReads.canRead(operation, request) ? ['stale', 'crash'] : ['crash'],
        toError: (error) => toSdkError(serviceError(error)),
        timeLimitMs: TIMEOUT_MS,
        toTimeOut: noAnswer,
      });
    return withSdkRetries(attempt, retrying(invocation));
  };
}

interface Operation {
  readonly operation: string;
  readonly request: Wire;
  readonly isWrite: boolean;
  readonly fate: Fate;
}

async function carryOut(
  { db, staleReads }: TableCallsOptions,
  invocation: Invocation,
  { operation, request, isWrite, fate }: Operation,
): Promise<Wire> {
  if (isWrite && invocation.writes?.left === 0) die(invocation);
  if (fate.kind === 'crash' && fate.afterWrites === 0) die(invocation);
  if (fate.kind === 'stale') return staleReads.read(operation, request);
  const answer = await db.handle(operation, request).catch((error: unknown) => {
    throw toSdkError(error);
  });
  if (fate.kind === 'crash') die(invocation);
  if (isWrite) noteWrite(invocation);
  return answer;
}

function noteWrite(invocation: Invocation): void {
  const { writes } = invocation;
  if (!writes) return;
  writes.left -= 1;
  if (writes.left === 0) invocation.die();
}

/** The environment dies; nobody is left to hear of it. */
function die(invocation: Invocation): never {
  invocation.die();
  throw new DiedError();
}

function orderOf({ Key, Item }: Wire): string | undefined {
  const { orderId } = (Key ?? Item ?? {}) as { orderId?: { S?: string } };
  return orderId?.S;
}
