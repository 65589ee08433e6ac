import { notifications } from '../../../functions/notifications/contract';
import { formatMoney, messages } from '../../../functions/notifications/messages';

const ORDER = { orderId: `ord_${'a'.repeat(32)}`, customerId: 'alice' };

describe('what customers are told', () => {
  it('is said of every event that is consumed, and of no other', () => {
    const consumed = notifications.handlers['notify-customer'].trigger.consumes.map(({ event }) => event.type);

    expect(Object.keys(messages).sort()).toEqual([...consumed].sort());
  });

  it.each([
    ['task.created', messages['task.created'](), 'Task created!'],
    ['task.completed', messages['task.completed'](), 'Task completed!'],
    ['order.confirmed', messages['order.confirmed'](), 'Order confirmed!'],
    ['order.cancelled', messages['order.cancelled'](), 'Order cancelled.'],
    ['order.parked', messages['order.parked'](), 'Order needs our attention: we are looking into it.'],
    [
      'order.rejected',
      messages['order.rejected']({ ...ORDER, code: 'PAYMENT_DECLINED', detail: 'the payment was declined' }),
      'Order rejected: the payment was declined',
    ],
    [
      'payment.refunded',
      messages['payment.refunded']({ ...ORDER, refundedCents: 2400, currency: 'EUR' }),
      'Payment refunded: 24.00 EUR',
    ],
  ])('of %s is: %s', (_, said, expected) => {
    expect(said).toBe(expected);
  });
});

describe('an amount of money', () => {
  it.each([
    [2400, 'EUR', '24.00 EUR'],
    [0, 'EUR', '0.00 EUR'],
    [5, 'USD', '0.05 USD'],
    [99, 'USD', '0.99 USD'],
    [100_000_000_001, 'EUR', '1000000000.01 EUR'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91 EUR'],
    [2400, 'JPY', '2400 JPY'],
    [0, 'JPY', '0 JPY'],
    [2400, 'KWD', '2.400 KWD'],
    [5, 'KWD', '0.005 KWD'],
    [12_345, 'CLF', '1.2345 CLF'],
    [2400, 'HUF', '24.00 HUF'],
    [2400, 'XYZ', '24.00 XYZ'],
  ])('of %s in %s is written as %s', (amountMinor, currency, written) => {
    expect(formatMoney(amountMinor, currency)).toBe(written);
  });
});
