import type { StreamRecord } from '../../../infra/local/dynamodb/dynamodb';
import { fromWire } from './document-client';

/** Something that was committed, and that others must hear of. */
export interface Transition {
  /** The service whose table it was. */
  readonly source: string;
  /** The type of the event that tells it. */
  readonly type: string;
  readonly aggregateId: string;
  /** Its number among those of its aggregate: 1, 2, 3 …; of a circuit, the epoch that it began. */
  readonly sequence: number;
  /** What the event has to say at least, in its newest version. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Every transition that others must hear of, as the streams of the tables tell them. */
export interface Transitions {
  note(service: string, record: StreamRecord): void;
  /** In the order in which they were committed. */
  readonly all: readonly Transition[];
}

/** The members of rows that matter. */
interface Row {
  readonly status?: string;
  readonly customerId?: string;
  readonly confirmedAt?: string;
  readonly items?: ReadonlyArray<{ readonly sku: string; readonly quantity: number }>;
  readonly totalCents?: number;
  readonly currency?: string;
  readonly rejection?: { readonly code: string };
  readonly failure?: { readonly code: string };
  readonly refundedCents?: number;
  /** Of a circuit. */
  readonly state?: string;
  readonly epoch?: number;
}

/** The members of keys that matter. */
interface Key {
  readonly orderId?: string;
  readonly taskId?: string;
  readonly service?: string;
  readonly circuit?: string;
}

type Tell = (before: Row | undefined, row: Row) => Pick<Transition, 'type' | 'data'> | undefined;

/** What is told of each table, written down once more on purpose: what the code under test puts into its outbox is not asked. */
const TELL: Readonly<Record<string, { key: string; idOf: (key: Key) => string | undefined; tell: Tell }>> = {
  orders: { key: 'orderId', idOf: ({ orderId }) => orderId, tell: tellOrder },
  payments: { key: 'orderId', idOf: ({ orderId }) => orderId, tell: tellPayment },
  tasks: { key: 'taskId', idOf: ({ taskId }) => taskId, tell: tellTask },
  circuits: { key: 'name', idOf: ({ service, circuit }) => `${service}-${circuit}`, tell: tellCircuit },
};

/** Opens the record of transitions. */
export function openTransitions(): Transitions {
  const all: Transition[] = [];
  const counts = new Map<string, number>();
  return {
    all,
    note(source, { dynamodb: { Keys, OldImage, NewImage } }) {
      const rule = TELL[source];
      if (!rule || !NewImage) return;
      const told = rule.tell(OldImage && (fromWire(OldImage) as Row), fromWire(NewImage) as Row);
      if (!told) return;
      const aggregateId = String(rule.idOf(fromWire(Keys) as Key));
      const { epoch } = fromWire(NewImage) as Row;
      const sequence = epoch ?? (counts.get(`${source} ${aggregateId}`) ?? 0) + 1;
      counts.set(`${source} ${aggregateId}`, sequence);
      const data = { [rule.key]: aggregateId, ...told.data };
      all.push({ source, type: told.type, aggregateId, sequence, data });
    },
  };
}

function tellOrder(before: Row | undefined, row: Row): ReturnType<Tell> {
  const { status, customerId, items = [], totalCents, currency } = row;
  if (status === before?.status) return undefined;
  switch (status) {
    case 'CONFIRMED': {
      // One that is kept after all was confirmed, and told, before.
      if (before?.confirmedAt !== undefined) return undefined;
      const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
      const total = { amountMinor: totalCents, currency };
      return { type: 'order.confirmed', data: { customerId, lines, total } };
    }
    case 'REJECTED':
      return { type: 'order.rejected', data: { customerId, code: row.rejection?.code } };
    case 'CANCELLED':
      return { type: 'order.cancelled', data: { customerId } };
    case 'NEEDS_ATTENTION':
      return { type: 'order.parked', data: { customerId, code: row.failure?.code } };
    default:
      return undefined;
  }
}

/** A payment that was never captured is void, and nothing is given back. */
function tellPayment(before: Row | undefined, { status, refundedCents }: Row): ReturnType<Tell> {
  if (status !== 'REFUNDED' || before?.status === 'REFUNDED') return undefined;
  return { type: 'payment.refunded', data: { refundedCents } };
}

function tellTask(before: Row | undefined, { status, customerId }: Row): ReturnType<Tell> {
  if (status === before?.status) return undefined;
  return { type: status === 'COMPLETED' ? 'task.completed' : 'task.created', data: { customerId } };
}

/** A circuit that is not stored yet is closed. */
function tellCircuit(before: Row | undefined, { state, epoch }: Row): ReturnType<Tell> {
  if (state === (before?.state ?? 'CLOSED')) return undefined;
  return { type: state === 'OPEN' ? 'circuit.opened' : 'circuit.closed', data: { epoch } };
}
