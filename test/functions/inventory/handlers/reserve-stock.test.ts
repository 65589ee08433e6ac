import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { reserveStock } from '../../../../functions/inventory/handlers/reserve-stock';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, NOW, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const LINES = [
  { sku: 'MUG-01', quantity: 2 },
  { sku: 'TEA-01', quantity: 1 },
];
const COMMAND = aCommand('ReserveStock', { orderId: ORDER_ID, lines: LINES });

describe('reserving stock', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('takes each line with one conditional write, in order', async () => {
    const result = await reserveStock(openTable(), clock)(COMMAND);

    expect(result).toEqual({});
    expect(dynamodb.inputs()).toMatchObject(
      LINES.map(({ sku, quantity }) => ({
        Key: { sku },
        UpdateExpression:
          'SET pending.#order = :quantity, available = available - :quantity, reserved = reserved + :quantity, updatedAt = :now',
        ConditionExpression:
          'available >= :quantity AND attribute_not_exists(pending.#order) AND attribute_not_exists(released.#order)',
        ExpressionAttributeNames: { '#order': ORDER_ID },
        ExpressionAttributeValues: { ':quantity': quantity, ':now': NOW },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })),
    );
  });

  test('takes nothing twice: a line that is reserved already is passed over', async () => {
    const row = { sku: 'MUG-01', available: 0, pending: { [ORDER_ID]: 2 }, released: {} };
    dynamodb.on(UpdateCommand, { Key: { sku: 'MUG-01' } }).rejects(refusedBy(row));

    expect(await reserveStock(openTable(), clock)(COMMAND)).toEqual({});
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(2);
  });

  test('is refused when there is too little, and does not go on to the next line', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ sku: 'MUG-01', available: 1, pending: {}, released: {} }));

    const reserved = reserveStock(openTable(), clock)(COMMAND);

    await expect(reserved).rejects.toMatchObject({
      name: 'StockInsufficientError',
      message: '2 of MUG-01 asked for, 1 available',
    });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test('is refused when there is no such SKU', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy());

    await expect(reserveStock(openTable(), clock)(COMMAND)).rejects.toMatchObject({ name: 'UnknownSkuError' });
  });

  test('is refused when the undo came first', async () => {
    const row = { sku: 'MUG-01', available: 9, pending: {}, released: { [ORDER_ID]: 1_800_000_000 } };
    dynamodb.on(UpdateCommand).rejects(refusedBy(row));

    await expect(reserveStock(openTable(), clock)(COMMAND)).rejects.toMatchObject({ name: 'StepUndoneError' });
  });
});
