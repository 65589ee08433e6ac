import type { TimelineStep } from '../support/saga-timeline';
import type { Played } from './play';

/** One step in one line: what came of it, and in how many attempts. */
export function describeStep({ name, outcome, error, message, attempts }: TimelineStep): string {
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  return `${name.padEnd(16)} ${outcome === 'ok' ? 'ok' : describeFailure(error, message)}${tries}`;
}

/** What became of the order, its money and its parcel. */
export function describeEnd({ order, payment, shipment }: Played): string {
  const why = order.rejection ? ` ${order.rejection.code}: ${order.rejection.detail}` : '';
  return `${order.status}${why}   payment ${payment ?? 'none'}, shipment ${shipment ?? 'none'}`;
}

/** A call that a circuit refused has not failed: it was not made. */
function describeFailure(error = '', message = ''): string {
  if (error !== 'CircuitOpenError') return `FAILED ${error}`;
  const [wait = ''] = message.match(/, retry after \d+ ms$/) ?? [];
  return `REFUSED circuit open${wait}`;
}
