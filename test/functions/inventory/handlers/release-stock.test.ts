import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { releaseStock } from '../../../../functions/inventory/handlers/release-stock';
import { RELEASED_FOR_SECONDS } from '../../../../functions/inventory/store';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('ReleaseStock', { orderId: ORDER_ID, lines: [{ sku: 'MUG-01', quantity: 2 }] });
const UNTIL = clock.now() / 1000 + RELEASED_FOR_SECONDS;

const NOT_RESERVED = { sku: 'MUG-01', pending: {}, released: {} };

describe('releasing stock', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test('gives back what was reserved, and refuses a late reservation from then on, in one write', async () => {
    dynamodb.on(UpdateCommand).resolves({ Attributes: { ...NOT_RESERVED, released: { [ORDER_ID]: UNTIL } } });

    const result = await releaseStock(openTable(), clock)(COMMAND);

    expect(result).toEqual({});
    expect(dynamodb.inputs()).toMatchObject([
      {
        Key: { sku: 'MUG-01' },
        UpdateExpression:
          'SET released.#order = :until, available = available + :quantity, reserved = reserved - :quantity, updatedAt = :now REMOVE pending.#order',
        ConditionExpression: 'pending.#order = :quantity',
        ExpressionAttributeValues: { ':quantity': 2, ':until': UNTIL },
      },
    ]);
  });

  test('leaves a mark for a late reservation when nothing was reserved', async () => {
    dynamodb.on(UpdateCommand).rejectsOnce(refusedBy(NOT_RESERVED)).resolves({ Attributes: NOT_RESERVED });

    await releaseStock(openTable(), clock)(COMMAND);

    expect(dynamodb.inputs()[1]).toMatchObject({
      UpdateExpression: 'SET released.#order = :until',
      ConditionExpression: 'attribute_exists(sku) AND attribute_not_exists(pending.#order)',
      ExpressionAttributeValues: { ':until': UNTIL },
    });
  });

  test('gives back a reservation that comes in between', async () => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy(NOT_RESERVED))
      .rejectsOnce(refusedBy({ ...NOT_RESERVED, pending: { [ORDER_ID]: 2 } }))
      .resolves({ Attributes: NOT_RESERVED });

    await releaseStock(openTable(), clock)(COMMAND);

    expect(dynamodb.inputs()[2]).toMatchObject({ ConditionExpression: 'pending.#order = :quantity' });
  });

  test.each([
    ['it was released before', { ...NOT_RESERVED, released: { [ORDER_ID]: UNTIL } }],
    ['there is no such SKU', undefined],
  ])('changes nothing when %s', async (_, row) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy(row));

    expect(await releaseStock(openTable(), clock)(COMMAND)).toEqual({});
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  test('asks for another try when others come in between each time', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy(NOT_RESERVED));

    const released = releaseStock(openTable(), clock)(COMMAND);

    await expect(released).rejects.toMatchObject({ name: 'StockContendedError', retryable: true });
    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(10);
  });

  test('removes expired marks, many at once', async () => {
    const expired = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`ord_${n}`, clock.now() / 1000 - 1]));
    const row = { ...NOT_RESERVED, released: { ...expired, [ORDER_ID]: UNTIL } };
    dynamodb.on(UpdateCommand).resolvesOnce({ Attributes: row }).resolves({});

    await releaseStock(openTable(), clock)(COMMAND);

    const { ExpressionAttributeNames: names, UpdateExpression: update } = dynamodb.inputs()[1] ?? {};
    expect(update).toMatch(/^REMOVE released\.#0, .*released\.#19$/);
    expect(Object.values(names as object).sort()).toEqual(Object.keys(expired).sort());
  });

  test('does not spend a write on a few expired marks', async () => {
    const expired = Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`ord_${n}`, clock.now() / 1000 - 1]));
    dynamodb.on(UpdateCommand).resolves({ Attributes: { ...NOT_RESERVED, released: expired } });

    await releaseStock(openTable(), clock)(COMMAND);

    expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(1);
  });
});
