import '../support/environment';
import fc from 'fast-check';
import type { PaymentRow } from '../../functions/payments/domain';
import { chargePayment } from '../../functions/payments/handlers/charge-payment';
import { refundPayment } from '../../functions/payments/handlers/refund-payment';
import type { Provider } from '../../functions/payments/provider';
import type { Carrier } from '../../functions/shipping/carrier';
import type { ShipmentRow } from '../../functions/shipping/domain';
import { cancelShipment } from '../../functions/shipping/handlers/cancel-shipment';
import { createShipment } from '../../functions/shipping/handlers/create-shipment';
import { settleCancellation } from '../../functions/shipping/handlers/settle-cancellation';
import { findItem } from '../../lib/table/dynamodb-table';
import { aCommand, clock, ORDER_ID } from '../support/a-command';
import { answering } from '../support/answering';
import { admitted } from '../support/fake-party';
import { openRoomTable, type RoomTable } from '../support/room-table';
import { type Fate, interleave, type Pass, type Program, type Turn } from '../support/workers';

const RUNS = { seed: 20260101, numRuns: 50 };
const OWNER = { orderId: ORDER_ID, customerId: 'alice' };
const TERMS = { ...OWNER, amountCents: 2400, currency: 'EUR' };
const now: Pass = (call) => call();

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('go') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('lose reply', 'die before', 'die after') },
);
const turns = fc.array(fc.record<Turn>({ worker: fc.nat(4), fate: fates }), { maxLength: 45 });

const find = <Row>(room: RoomTable) => findItem<Row>(room.table, { orderId: ORDER_ID });

describe('a charge and its undo, in any order, whichever of their workers die', () => {
  it('leave no money behind once an undo is done, and the record says what the provider did', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        const room = await openRoomTable({ partitionKey: 'orderId' });
        const violations: string[] = [];
        let money: 'none' | 'captured' | 'refunded' | 'blocked' = 'none';
        let isUndone = false;
        const provider = (pass: Pass): Provider => ({
          charge: () =>
            pass(async () => {
              if (!(await find(room))) violations.push('the provider was asked before there was a record');
              if (money === 'none') money = 'captured';
              if (isUndone && money === 'captured') violations.push('a charge landed after its undo');
              return money === 'captured' ? 'captured' : 'undone';
            }),
          cancel: () =>
            pass(async () => {
              const row = await find<PaymentRow>(room);
              if (row?.providerKey === undefined) violations.push('a charge was cancelled that nobody had begun');
              if (money === 'none') money = 'blocked';
              if (money === 'captured') money = 'refunded';
              return money === 'refunded'
                ? { outcome: 'refunded', refundedCents: 2400 }
                : { outcome: 'blocked', refundedCents: 0 };
            }),
        });
        const charge = async (pass: Pass) => {
          const orders = answering({ token: 'tok_ok' });
          await chargePayment(
            room.tableOf(pass),
            orders,
            admitted(provider(pass)),
            clock,
          )(aCommand('ChargePayment', TERMS));
          if (isUndone) return;
          if (money !== 'captured') violations.push(`a charge succeeded, the money is ${money}`);
        };
        const refund = async (pass: Pass) => {
          await refundPayment(room.tableOf(pass), provider(pass), clock)(aCommand('RefundPayment', TERMS));
          isUndone = true;
          if (money === 'captured') violations.push('an undo succeeded, the money is captured');
        };

        await interleave([charge, charge, charge, refund, refund], plan);
        await refund(now);
        await charge(now).then(
          () => violations.push('a charge succeeded after its undo'),
          () => undefined,
        );

        expect(violations).toEqual([]);
        expect(await find<PaymentRow>(room)).toMatchObject(
          String(money) === 'refunded'
            ? { status: 'REFUNDED', refundedCents: 2400 }
            : { status: 'VOIDED', refundedCents: 0 },
        );
        await room.close();
      }),
      RUNS,
    );
  });
});

describe('a booking and its cancellation, in any order, though the parcel may be handed over meanwhile', () => {
  it('agree in all their answers and in the record with what the carrier did', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        const room = await openRoomTable({ partitionKey: 'orderId' });
        const outcomes = new Set<string>();
        let parcel: 'none' | 'booked' | 'cancelled' | 'blocked' | 'handed over' = 'none';
        const carrier = (pass: Pass): Carrier => ({
          book: () =>
            pass(async () => {
              if (parcel === 'none') parcel = 'booked';
              const stands = parcel === 'booked' || parcel === 'handed over';
              return stands ? { outcome: 'booked', trackingNumber: 'SBX1' } : { outcome: 'undone' };
            }),
          cancel: () =>
            pass(async () => {
              if (parcel === 'none') parcel = 'blocked';
              if (parcel === 'booked') parcel = 'cancelled';
              return parcel === 'handed over' ? 'handed over' : 'cancelled';
            }),
          findHandover: async () => parcel === 'handed over',
        });
        const step = aCommand('CancelShipment', OWNER);
        const create: Program = async (pass) => {
          const made = createShipment(room.tableOf(pass), answering({}), admitted(carrier(pass)), clock);
          await made(aCommand('CreateShipment', OWNER));
        };
        const cancel: Program = async (pass) => {
          const cancelled = cancelShipment(room.tableOf(pass), carrier(pass), clock)(step);
          await cancelled.catch((error: Error) => {
            if (error.name === 'ParcelHandedOverError') outcomes.add('abandoned');
            throw error;
          });
          outcomes.add('happened');
        };
        const settle: Program = async (pass) => {
          const { outcome } = await settleCancellation(room.tableOf(pass), carrier(pass), clock)(step);
          outcomes.add(outcome);
        };
        const handOver: Program = (pass) =>
          pass(async () => {
            if (parcel === 'booked') parcel = 'handed over';
          });

        await interleave([create, create, cancel, settle, handOver], plan);
        await settle(now);
        await cancel(now).catch(() => undefined);

        const isHandedOver = String(parcel) === 'handed over';
        expect([...outcomes]).toEqual([isHandedOver ? 'abandoned' : 'happened']);
        expect(parcel).not.toBe('booked');
        expect(await find<ShipmentRow>(room)).toMatchObject(
          isHandedOver ? { status: 'BOOKED', handedOver: true } : { status: 'CANCELLED' },
        );
        await room.close();
      }),
      RUNS,
    );
  });
});
