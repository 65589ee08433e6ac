import { toTimestamp } from '../../lib/clock';
import type { ExecutionState, SagaMachines } from '../../lib/saga/aws-saga-machines';
import type { Table } from '../../lib/table/dynamodb-table';
import type { OrderRow, OrderSaga, Repair } from './domain';
import { noteRepair } from './dynamodb-repairs';
import { begunAt, sagaOf, toSagaInput } from './saga-input';
import { startExecution } from './start-execution';

/**
 * So long after its order an Express execution may be started: the consumer of the stream leaves older ones alone. AWS ends it five
 * minutes after its start; clocks of functions may differ.
 */
export const EXPRESS_STARTED_WITHIN_MS = 60_000;
const EXPRESS_LASTS_MS = 5 * 60_000;
const CLOCK_DIFFERENCE_MS = 60_000;

/** From when on the first, Express execution of an order is certain to be over. Nobody can be asked whether it is. */
export const EXPRESS_OVER_AFTER_MS = EXPRESS_STARTED_WITHIN_MS + EXPRESS_LASTS_MS + CLOCK_DIFFERENCE_MS;

/** The longest pause between two repairs of one order. */
const MAX_PAUSE_MS = 10 * 60_000;

export type Machines = Readonly<Record<OrderSaga, SagaMachines>>;

/** `waiting`: a repair failed not long ago. `taken`: somebody else took it up at the same time. */
export type TakeUp = 'running' | 'started' | 'waiting' | 'taken';

export interface TakeUpOptions {
  readonly table: Table;
  readonly machines: Machines;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether to leave time between two repairs, longer after each. A person who asks for one does not wait. */
  readonly isPatient: boolean;
}

/**
 * Takes up the saga of an order that has no outcome, unless an execution is at it. Never two at once: the next one is noted on
 * the order, by condition, only when the one before has been seen to be over, and is started under the name that was noted. When
 * the start is lost, whoever comes next finds the note and no execution, and starts it.
 */
export async function takeUpSaga(row: OrderRow, options: TakeUpOptions): Promise<TakeUp> {
  const { table, machines, now, isPatient } = options;
  const saga = sagaOf(row);
  const last = row.repairs?.filter((repair) => repair.saga === saga).at(-1);
  const state = await stateOf(row, last, machines[saga], now);
  if (state === 'running') return 'running';
  const role = isToBeUndone(row, saga) ? 'undo' : 'repair';
  // One that was noted for another purpose than there is now is not made up for: the next one is noted.
  if (state === 'absent' && (!last || last.role === role)) {
    await start(row, last, machines[saga]);
    return 'started';
  }
  const lastRepair = row.repairs?.at(-1);
  if (isPatient && now < nextAt(lastRepair)) return 'waiting';
  const repair: Repair = { attempt: (lastRepair?.attempt ?? 0) + 1, saga, role, startedAt: toTimestamp(now) };
  if (!(await noteRepair(table, row, repair))) return 'taken';
  await start(row, repair, machines[saga]);
  return 'started';
}

/** `<orderId>` for the first execution of a saga, `<orderId>-<attempt>` for those that take it up. */
export function executionName(orderId: string, repair: Repair | undefined): string {
  return repair ? `${orderId}-${repair.attempt}` : orderId;
}

function stateOf(
  row: OrderRow,
  last: Repair | undefined,
  machines: SagaMachines,
  now: number,
): Promise<ExecutionState> {
  // A parked order's first execution has said its last word, and may be forgotten by now.
  if (!last && row.status === 'NEEDS_ATTENTION') return Promise.resolve('ended');
  if (last || machines.workflow === 'STANDARD') {
    return machines.find(last?.role ?? 'repair', executionName(row.orderId, last));
  }
  const overAt = Date.parse(begunAt(row, sagaOf(row))) + EXPRESS_OVER_AFTER_MS;
  return Promise.resolve(now >= overAt ? 'ended' : 'running');
}

/** The first execution of a standard saga is started on the machine that repairs, which is the same one. */
function start(row: OrderRow, repair: Repair | undefined, machines: SagaMachines): Promise<void> {
  const input = { ...toSagaInput(row), ...(repair?.role === 'undo' && { failure: failureOf(row) }) };
  return startExecution(row, machines, repair?.role ?? 'repair', executionName(row.orderId, repair), input);
}

/** Why the saga that is taken up has failed. What the customer was told of it then, its events tell as well. */
function failureOf({ failure = { code: 'SERVICE_UNAVAILABLE', step: 'Unknown' }, rejection }: OrderRow) {
  const cause = rejection && { cause: JSON.stringify({ errorMessage: rejection.detail }) };
  return { ...failure, error: 'SagaTakenUp', ...cause };
}

/** Whether it is certain already that the order will not be confirmed. */
function isToBeUndone({ status, abandonedAt, cancelRequestedAt }: OrderRow, saga: OrderSaga): boolean {
  if (saga !== 'place-order') return false;
  return status === 'NEEDS_ATTENTION' || abandonedAt !== undefined || cancelRequestedAt !== undefined;
}

function nextAt(last: Repair | undefined): number {
  if (!last) return 0;
  return Date.parse(last.startedAt) + Math.min(60_000 * 2 ** last.attempt, MAX_PAUSE_MS);
}
