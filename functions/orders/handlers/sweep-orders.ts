import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { scheduleHandler } from '../../../lib/lambda/schedule-handler';
import { log } from '../../../lib/observability/log';
import { openSagaMachines } from '../../../lib/saga/aws-saga-machines';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import type { OrderRow, OrderStatus } from '../domain';
import { listOrderRows, type PageStart } from '../store';
import { type Machines, type TakeUp, takeUpSaga } from '../take-up-saga';

/** An order is looked at when it is open for longer than nearly all are. Whether an execution is at it, that one is asked. */
const LOOKED_AT_AFTER_MS = 2 * 60_000;

/** The states that a saga leaves behind, the rare one first; `NEEDS_ATTENTION` is left for people. */
const LEFT_BEHIND: readonly OrderStatus[] = ['CANCELLING', 'PENDING'];

/** Orders of one page, taken up at once, and the time after which no new page is begun: the function has 55 seconds. */
const PAGE = 25;
const LAST_PAGE_AFTER_MS = 30_000;

type Outcome = TakeUp | 'failed';

/**
 * Takes up the saga of every order that is open for too long: its execution was never started, failed in a way that cannot be
 * caught, or was stopped by hand. The oldest come first; what does not fit into one run is left to the next.
 *
 * @throws {Error} when some could not be taken up, after all others have been: the alarm of the job must hear of it.
 */
export const sweepOrders =
  (table: Table, machines: Machines, clock: Clock) => async (): Promise<Record<Outcome, number>> => {
    const startedAt = clock.now();
    const counts = { running: 0, started: 0, waiting: 0, taken: 0, failed: 0 };
    for (const status of LEFT_BEHIND) {
      const createdBefore = toTimestamp(startedAt - LOOKED_AT_AFTER_MS);
      let start: PageStart | undefined;
      do {
        const { rows, next } = await listOrderRows(table, { index: 'byStatus', status, createdBefore }, PAGE, start);
        const outcomes = await Promise.all(
          rows.filter(isLeftBehind).map((row) => takeUp(table, machines, row, clock.now())),
        );
        for (const outcome of outcomes) counts[outcome] += 1;
        start = next;
      } while (start && clock.now() < startedAt + LAST_PAGE_AFTER_MS);
    }
    if (counts.failed > 0) throw new Error(`${counts.failed} sagas could not be taken up: ${JSON.stringify(counts)}`);
    return counts;
  };

/** The index lags behind: the row itself says what is. */
function isLeftBehind({ status }: OrderRow): boolean {
  return LEFT_BEHIND.includes(status);
}

/** One order that cannot be taken up does not keep the others from it. */
async function takeUp(table: Table, machines: Machines, row: OrderRow, now: number): Promise<Outcome> {
  const { orderId } = row;
  try {
    const outcome = await takeUpSaga(row, { table, machines, now, isPatient: true });
    if (outcome === 'started') log('warn', 'saga taken up', { orderId });
    return outcome;
  } catch (error) {
    log('error', 'saga not taken up', { orderId, error });
    return 'failed';
  }
}

export const handler = scheduleHandler(
  sweepOrders(
    openTable(),
    { 'place-order': openSagaMachines('place-order'), 'cancel-order': openSagaMachines('cancel-order') },
    systemClock,
  ),
);
