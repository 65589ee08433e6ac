import type { DataOf } from '../../lib/service/event-contract';
import type { orderRejected } from '../orders/events';
import type { paymentRefunded } from '../payments/events';

/** What customers are told of each event. */
export const messages = {
  'task.created': () => 'Task created!',
  'task.completed': () => 'Task completed!',
  'order.confirmed': () => 'Order confirmed!',
  'order.rejected': ({ detail }: DataOf<typeof orderRejected, 1>) => `Order rejected: ${detail}`,
  'order.cancelled': () => 'Order cancelled.',
  'order.parked': () => 'Order needs our attention: we are looking into it.',
  'payment.refunded': ({ refundedCents, currency }: DataOf<typeof paymentRefunded, 1>) =>
    `Payment refunded: ${formatMoney(refundedCents, currency)}`,
};

/**
 * The currencies whose minor unit is not a hundredth, by the digits of it. Not `Intl`: that has the digits with which prices are
 * shown in shops, none for forints or rupiahs, of which a payment provider counts hundredths.
 *
 * @see https://www.six-group.com/en/products-services/financial-information/data-standards.html (ISO 4217, list one)
 * @see https://github.com/unicode-org/cldr/pull/4112
 */
const MINOR_DIGITS = new Map<string, number>([
  ...list(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...list(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...list(4, 'CLF UYW'),
]);

function list(digits: number, currencies: string): Array<[string, number]> {
  return currencies.split(' ').map((currency) => [currency, digits]);
}

/** `24.00 EUR` of 2400 cents, `2400 JPY` of 2400 yen. Exact: no division is made. */
export function formatMoney(amountMinor: number, currency: string): string {
  const digits = MINOR_DIGITS.get(currency) ?? 2;
  const figures = String(amountMinor).padStart(digits + 1, '0');
  const amount = digits === 0 ? figures : `${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
  return `${amount} ${currency}`;
}
