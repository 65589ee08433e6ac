import '../../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Carrier } from '../../../../functions/shipping/carrier';
import { type CancellationOutcome, CarrierUnavailableError } from '../../../../functions/shipping/domain';
import { settleCancellation } from '../../../../functions/shipping/handlers/settle-cancellation';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { CIRCUIT_OPEN } from '../../../support/fake-party';
import { mockTable, refusedBy } from '../../../support/mock-table';

const COMMAND = aCommand('SettleCancellation', { orderId: ORDER_ID, customerId: 'alice' });

function aCarrier(outcome: CancellationOutcome | Error): jest.Mocked<Carrier> {
  return {
    book: jest.fn(),
    cancel: jest.fn(async (_: string) => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
    findHandover: jest.fn(),
  };
}

describe('settling a cancellation', () => {
  const dynamodb = mockTable();
  beforeEach(() => dynamodb.reset());

  test.each([
    ['cancelled', 'happened'],
    ['handed over', 'abandoned'],
  ] as const)('asks the carrier again, and when it is %s it has %s', async (answer, outcome) => {
    dynamodb
      .on(UpdateCommand)
      .rejectsOnce(refusedBy({ orderId: ORDER_ID, status: 'CANCELLING' }))
      .resolves({});

    expect(await settleCancellation(openTable(), aCarrier(answer), clock)(COMMAND)).toEqual({ outcome });
  });

  test.each([
    [{ status: 'CANCELLED' }, 'happened'],
    [{ status: 'BOOKED', handedOver: true }, 'abandoned'],
  ])('does not ask when it is certain: %j', async (row, outcome) => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ orderId: ORDER_ID, ...row }));
    const carrier = aCarrier('cancelled');

    expect(await settleCancellation(openTable(), carrier, clock)(COMMAND)).toEqual({ outcome });
    expect(carrier.cancel).not.toHaveBeenCalled();
  });

  test('decides nothing while the carrier is not called', async () => {
    const settled = settleCancellation(openTable(), aCarrier(CIRCUIT_OPEN), clock)(COMMAND);

    await expect(settled).rejects.toBe(CIRCUIT_OPEN);
    expect(dynamodb.inputs()).toHaveLength(1);
  });

  test('fails, to be repeated, until the carrier answers', async () => {
    const settled = settleCancellation(openTable(), aCarrier(new CarrierUnavailableError('silence')), clock)(COMMAND);

    await expect(settled).rejects.toMatchObject({ retryable: true });
  });
});
