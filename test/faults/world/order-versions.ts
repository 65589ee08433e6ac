import type { StreamRecord } from '../../../infra/local/dynamodb/dynamodb';
import { fromWire } from './document-client';

/** An order as one write left it; the members that the checks look at. */
export interface OrderVersion {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: string;
  readonly totalCents: number;
  readonly currency: string;
  readonly items: ReadonlyArray<{ readonly sku: string; readonly quantity: number; readonly unitPriceCents: number }>;
  readonly createdAt: string;
  readonly requestHash: string;
  readonly confirmedAt?: string;
  readonly handedOverAt?: string;
  readonly rejection?: { readonly code: string };
}

/** Every version of every order, as the stream of the table tells them. */
export interface OrderVersions {
  note(record: StreamRecord): void;
  /** By order, oldest first; `undefined` stands for a deletion. With each, when it was read, in epoch milliseconds. */
  readonly all: ReadonlyMap<string, ReadonlyArray<{ readonly row: OrderVersion | undefined; readonly at: number }>>;
  /** Orders whose newest version has one of the statuses. */
  withStatus(...statuses: string[]): string[];
}

/** Opens the record of versions. */
export function openOrderVersions(now: () => number): OrderVersions {
  const all = new Map<string, Array<{ row: OrderVersion | undefined; at: number }>>();
  const byStatus = new Map<string, Set<string>>();
  return {
    all,
    note({ dynamodb: { Keys, NewImage } }) {
      const { orderId } = fromWire(Keys) as unknown as { orderId: string };
      const row = NewImage && (fromWire(NewImage) as unknown as OrderVersion);
      const versions = all.get(orderId) ?? [];
      all.set(orderId, versions);
      byStatus.get(versions.at(-1)?.row?.status ?? '')?.delete(orderId);
      versions.push({ row, at: now() });
      const status = row?.status ?? '';
      byStatus.set(status, (byStatus.get(status) ?? new Set()).add(orderId));
    },
    withStatus: (...statuses) => statuses.flatMap((status) => [...(byStatus.get(status) ?? [])]),
  };
}
