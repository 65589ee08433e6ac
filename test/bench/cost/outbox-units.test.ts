import '../../support/environment';
import { orders } from '../../../functions/orders/contract';
import type { OrderRow } from '../../../functions/orders/domain';
import { confirm, park, reject } from '../../../functions/orders/dynamodb-order-status';
import { payments } from '../../../functions/payments/contract';
import { paymentRefunded } from '../../../functions/payments/events';
import { chargeRecord } from '../../../functions/payments/store';
import { tasks } from '../../../functions/tasks/contract';
import type { TaskRow } from '../../../functions/tasks/domain';
import { taskCompleted, taskCreated } from '../../../functions/tasks/events';
import { completeTaskRow, createTaskRow } from '../../../functions/tasks/store';
import { emit, outboxUpdate } from '../../../lib/events/outbox';
import { createOnce } from '../../../lib/idempotency/dynamodb-created-item';
import type { Table } from '../../../lib/table/dynamodb-table';
import { clock, NOW, ORDER_ID } from '../../support/a-command';
import { openRoomTable } from '../../support/room-table';

const CUSTOMER = '3f2b8c1e-5d4a-4b7e-9c6f-0a1b2c3d4e5f';
const TASK_ID = `tsk_${'0123456789abcdef'.repeat(2)}`;
const now = clock.now();

const cause = (step: string) => ({ correlationId: ORDER_ID, causationId: `${ORDER_ID}/${step}`, now });
const ofTask = { correlationId: TASK_ID, causationId: 'request/1-67891233-abcdef012345678912345678', now };
const theTask = { taskId: TASK_ID, customerId: CUSTOMER };
const aTask = (description?: string): TaskRow => ({
  ...theTask,
  title: 'Water the plants',
  ...(description !== undefined && { description }),
  status: 'OPEN',
  createdAt: NOW,
  updatedAt: NOW,
  requestHash: 'a'.repeat(64),
});

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ sku: `COFFEE-MUG-BLUE-${index}`, quantity: 2 }));
const anOrder = (lines: number): OrderRow => ({
  orderId: ORDER_ID,
  customerId: CUSTOMER,
  status: 'PENDING',
  items: linesOf(lines).map((line) => ({ ...line, unitPriceCents: 1_200 })),
  totalCents: 2_400 * lines,
  currency: 'EUR',
  payment: { token: 'tok_ok' },
  shipTo: { name: 'Ada Lovelace', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' },
  createdAt: NOW,
  updatedAt: NOW,
  requestHash: 'a'.repeat(64),
});
const placed = (lines: number) => ({
  orderId: ORDER_ID,
  customerId: CUSTOMER,
  lines: linesOf(lines),
  totalCents: 2_400 * lines,
  currency: 'EUR',
});
const failure = {
  code: 'PAYMENT_DECLINED' as const,
  step: 'ChargePayment',
  error: 'PaymentDeclinedError',
  cause: '{}',
};
const rejection = { code: 'PAYMENT_DECLINED' as const, step: 'ChargePayment', detail: 'the payment was declined' };
const terms = { orderId: ORDER_ID, customerId: CUSTOMER, amountCents: 2_400, currency: 'EUR' };
const refunded = { orderId: ORDER_ID, customerId: CUSTOMER, refundedCents: 2_400, currency: 'EUR' };

type Write = (table: Table) => Promise<unknown>;

interface Row {
  readonly what: string;
  readonly of: Parameters<typeof openRoomTable>[0];
  /** What is in the table before. */
  readonly before: Write;
  readonly write: Write;
  /** Write units with the events in the item, and of the same write without them. */
  readonly units: readonly [withOutbox: number, without: number];
}

const nothing: Write = async () => undefined;
const putTask =
  (task = aTask()): Write =>
  (table) =>
    createTaskRow(table, task, emit(taskCreated, theTask, ofTask));
const putOrder =
  (lines = 1): Write =>
  (table) =>
    createOnce(table, 'orderId', anOrder(lines));
const openCharge: Write = async (table) => {
  const record = chargeRecord(table, terms, clock, ORDER_ID);
  await record.open();
  await record.settle({ status: 'CAPTURED' });
  await record.beginUndo();
};
const finishRefund: Write = (table) =>
  chargeRecord(table, terms, clock).finishUndo({
    status: 'REFUNDED',
    set: { refundedCents: 2_400 },
    emit: [emit(paymentRefunded, refunded, cause('RefundPayment'))],
  });
const tableOfTasks = tasks.table;
const tableOfOrders = orders.table;
const tableOfPayments = payments.table;

/** Read as the bill is: each begun KB of the larger of the old and the new item is a unit, and each entry of an index that changes. */
const rows: Row[] = [
  { what: 'create a task', of: tableOfTasks, before: nothing, write: putTask(), units: [2, 2] },
  {
    what: 'create a task of a long description',
    of: tableOfTasks,
    before: nothing,
    write: putTask(aTask('x'.repeat(500))),
    units: [3, 2],
  },
  {
    what: 'complete a task',
    of: tableOfTasks,
    before: putTask(),
    write: (table) => completeTaskRow(table, theTask, emit(taskCompleted, theTask, ofTask), now),
    units: [1, 1],
  },
  {
    what: 'confirm an order of one line',
    of: tableOfOrders,
    before: putOrder(),
    write: (table) => confirm(table, placed(1), cause('ConfirmOrder')),
    units: [3, 3],
  },
  {
    what: 'confirm an order of twenty lines',
    of: tableOfOrders,
    before: putOrder(20),
    write: (table) => confirm(table, placed(20), cause('ConfirmOrder')),
    units: [5, 4],
  },
  {
    what: 'reject an order',
    of: tableOfOrders,
    before: putOrder(),
    write: (table) => reject(table, placed(1), rejection, cause('RejectOrder')),
    units: [3, 3],
  },
  {
    what: 'park an order',
    of: tableOfOrders,
    before: putOrder(),
    write: (table) =>
      park(table, { ...placed(1), saga: 'place-order' }, failure, ['RefundPayment'], cause('ParkOrder')),
    units: [3, 3],
  },
  { what: 'refund a payment', of: tableOfPayments, before: openCharge, write: finishRefund, units: [1, 1] },
];

describe('an event in the item, instead of an item of its own', () => {
  it.each(rows)('to $what takes $units write units with it and without', async ({ of, before, write, units }) => {
    expect([await unitsOf(of, before, write, true), await unitsOf(of, before, write, false)]).toEqual(units);
  });
});

beforeAll(() => {
  // An event carries the trace of whoever emits it, as in a deployed function.
  process.env._X_AMZN_TRACE_ID = 'Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1';
});
afterAll(() => {
  delete process.env._X_AMZN_TRACE_ID;
});

async function unitsOf(of: Row['of'], before: Write, write: Write, withOutbox: boolean): Promise<number> {
  const room = await openRoomTable(of);
  try {
    let units = 0;
    const send = async (command: { readonly input: Input }) => {
      command.input.ReturnConsumedCapacity = 'TOTAL';
      if (!withOutbox) removeOutbox(command.input);
      const answer = await room.table.client.send(command as never);
      units += (answer as { ConsumedCapacity: { CapacityUnits: number } }).ConsumedCapacity.CapacityUnits;
      return answer;
    };
    const table = { ...room.table, client: { send } } as never;
    await before(table);
    units = 0;
    await write(table);
    return units;
  } finally {
    await room.close();
  }
}

interface Input {
  ReturnConsumedCapacity?: string;
  Item?: Record<string, unknown>;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/** What the outbox adds to a write, taken out of it. */
function removeOutbox(input: Input): void {
  const { set, names, values } = outboxUpdate([emit(taskCreated, theTask, ofTask)]);
  delete input.Item?._out;
  delete input.Item?._outSeq;
  for (const assignment of set) {
    if (input.UpdateExpression) input.UpdateExpression = input.UpdateExpression.replace(`, ${assignment}`, '');
  }
  for (const name of Object.keys(names)) delete input.ExpressionAttributeNames?.[name];
  for (const value of Object.keys(values)) delete input.ExpressionAttributeValues?.[value];
}
