import type {
  Books,
  ChargeEntry,
  ExecutionEntry,
  OrderEntry,
  ParcelEntry,
  PaymentEntry,
  ShipmentEntry,
  StockEntry,
} from '../../../functions/operations/audit/books';
import { sagas } from '../../../functions/services';
import { hasUndos } from '../../../lib/saga/rows';
import type { Profile } from '../simulation';
import type { MessageEntry, NotificationEntry } from './check-effects';
import { fromWire } from './document-client';
import type { Executions } from './executions';
import { machineArn } from './place';
import type { Tables } from './tables';

/** Reads the books straight from the tables of the services and of the stand-ins. */
export async function readBooks(
  tables: Tables,
  executions: Executions,
  profile: Profile,
  deadLetters: number,
): Promise<Books> {
  const rows = async <Row>(service: string) => (await tables.scan(service)).map((row) => fromWire(row) as Row);
  const sandbox = await rows<{ book: string }>('sandbox');
  const ofBook = <Entry>(book: string) => sandbox.filter((row) => row.book === book) as unknown as Entry[];
  const stock = await rows<StockEntry & { returnedSku?: string }>('inventory');
  return {
    orders: await rows<OrderEntry>('orders'),
    // What was brought back of an order is noted in a row of its own.
    stock: stock.filter(({ returnedSku }) => returnedSku === undefined),
    payments: await rows<PaymentEntry>('payments'),
    shipments: await rows<ShipmentEntry>('shipping'),
    charges: ofBook<ChargeEntry>('charges').map((charge) => ({ ...charge, amountCents: charge.amountCents ?? 0 })),
    parcels: ofBook<ParcelEntry>('parcels'),
    failureQueues: [{ queue: 'failures', messages: deadLetters }],
    // Express executions cannot be listed.
    ...(profile === 'STANDARD' && { executions: await listAll(executions) }),
  };
}

/** What customers were told, as the service has it and as the sender has it. */
export async function readMessages(
  tables: Tables,
): Promise<{ notifications: NotificationEntry[]; messages: MessageEntry[] }> {
  const rows = async <Row>(service: string) => (await tables.scan(service)).map((row) => fromWire(row) as Row);
  const sandbox = await rows<MessageEntry & { book: string }>('sandbox');
  return {
    notifications: await rows<NotificationEntry>('notifications'),
    messages: sandbox.filter(({ book }) => book === 'messages'),
  };
}

async function listAll(executions: Executions): Promise<ExecutionEntry[]> {
  const found: ExecutionEntry[] = [];
  for (const saga of sagas) {
    for (const role of hasUndos(saga) ? (['main', 'undo'] as const) : (['main'] as const)) {
      const ofMachine = await executions.list(machineArn(saga.name, role));
      found.push(...ofMachine.map((execution) => ({ saga: saga.name, ...execution })));
    }
  }
  return found;
}
