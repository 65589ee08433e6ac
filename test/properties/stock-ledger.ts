import type { Line, StockRow } from '../../functions/inventory/domain';

/** Who writes. */
export type Kind = 'reserve' | 'release' | 'sell' | 'return' | 'put';

/** One call of DynamoDB, with the row before and after it. */
export interface Written {
  readonly kind: Kind;
  readonly order: string | undefined;
  readonly sku: string;
  /** What the order asked for of the SKU, or what the shop has counted. */
  readonly quantity: number;
  readonly before: StockRow | undefined;
  readonly after: StockRow | undefined;
  /** Whether DynamoDB made the write. */
  readonly isMade: boolean;
}

/** Keeps books of its own from what becomes of the rows, call by call, and notes what must not be. */
export class StockLedger {
  readonly violations: string[] = [];
  private readonly stocked = new Map<string, number>();
  private readonly sold = new Map<string, number>();
  /** By order and SKU: reserved once; given back, sold or noted as given back. */
  private readonly taken = new Set<string>();
  private readonly over = new Set<string>();
  /** Of those: whose pieces are sold, and whose were brought back. */
  private readonly gone = new Map<string, number>();
  private readonly back = new Set<string>();

  judge(written: Written): void {
    const { kind, order, sku, quantity, before, after, isMade } = written;
    if (!after) return;
    const change = {
      available: after.available - (before?.available ?? 0),
      reserved: after.reserved - (before?.reserved ?? 0),
    };
    const gained = change.available + change.reserved;
    if (kind === 'put') this.add(this.stocked, sku, gained);
    if (kind === 'sell' || kind === 'return') this.add(this.sold, sku, -gained);
    if (kind === 'return' && isMade) this.checkReturn(written, gained);
    if (kind === 'put' && change.reserved !== 0) this.note(written, `${change.reserved} reserved by a count`);
    if (kind === 'put' && isMade && after.available + after.reserved !== quantity)
      this.note(written, `is not ${quantity}`);
    if (kind === 'sell' && gained > 0) this.note(written, `${gained} pieces came by a sale`);
    if (kind === 'sell' && change.available !== 0) this.note(written, 'a sale took what was available');
    for (const id of new Set([...Object.keys(before?.pending ?? {}), ...Object.keys(after.pending)])) {
      this.checkReservation(written, id);
    }
    this.checkRow(written, after);
    if (isMade && order !== undefined && after.released[order] !== undefined) this.over.add(`${order} ${sku}`);
    if (order !== undefined && after.pending[order] !== undefined && this.over.has(`${order} ${sku}`)) {
      this.note(written, 'reserved although it is over');
    }
    this.checkRefusal(written);
  }

  /** An undo has come to its end: of each line it has seen to it that nothing is reserved, now or later. */
  expectOver(order: string, lines: readonly Line[]): void {
    for (const { sku } of lines) {
      if (!this.over.has(`${order} ${sku}`)) this.violations.push(`${order} may still have ${sku}`);
    }
  }

  /** A return has come to its end: each line is back. */
  expectBack(order: string, lines: readonly Line[]): void {
    for (const { sku } of lines) {
      if (!this.back.has(`${order} ${sku}`)) this.violations.push(`${order} has not brought back ${sku}`);
    }
  }

  /** When every order has ended. */
  expectEmpty(row: StockRow | undefined): void {
    if (!row) return;
    const left = (this.stocked.get(row.sku) ?? 0) - (this.sold.get(row.sku) ?? 0);
    if (row.reserved !== 0 || row.available !== left) {
      this.violations.push(
        `${row.sku} ends with ${row.available} and ${row.reserved} reserved instead of ${left} and 0`,
      );
    }
  }

  private checkRow(written: Written, row: StockRow): void {
    const { sku, available, reserved, pending, sold = 0, returned = 0 } = row;
    const sum = Object.values(pending).reduce((total, quantity) => total + quantity, 0);
    const kept = (this.stocked.get(sku) ?? 0) - (this.sold.get(sku) ?? 0);
    if (available < 0 || reserved < 0) this.note(written, `oversold: ${available} available, ${reserved} reserved`);
    if (reserved !== sum) this.note(written, `${reserved} reserved, its orders have ${sum}`);
    if (available + reserved !== kept) this.note(written, `${available} + ${reserved} are not what is left, ${kept}`);
    // What the audit recomputes from the row and the orders alone.
    const gone = [...this.gone].reduce((total, [key, pieces]) => total + (key.endsWith(` ${sku}`) ? pieces : 0), 0);
    if (sold - returned !== gone) this.note(written, `${sold} sold and ${returned} returned, its orders have ${gone}`);
    const { counted, soldBefore = 0, returnedBefore = 0 } = row;
    const left = (counted ?? 0) - (sold - soldBefore) + (returned - returnedBefore);
    if (counted !== undefined && available + reserved !== left)
      this.note(written, `there are not ${left} by its count`);
  }

  private checkReservation(written: Written, id: string): void {
    const { kind, order, sku, quantity, before, after } = written;
    const [had, has] = [before?.pending[id], after?.pending[id]];
    if (had === has) return;
    const key = `${id} ${sku}`;
    if (id !== order) this.note(written, `touched the reservation of ${id}`);
    if (had !== undefined && has !== undefined) this.note(written, `changed a reservation from ${had} to ${has}`);
    if (has === undefined) {
      if (kind !== 'release' && kind !== 'sell' && kind !== 'return') this.note(written, 'lost a reservation');
      if (kind === 'sell') this.gone.set(key, had ?? 0);
      return;
    }
    if (kind !== 'reserve' || has !== quantity) this.note(written, `reserved ${has} instead of ${quantity}`);
    if (this.taken.has(key)) this.note(written, 'reserved twice');
    this.taken.add(key);
  }

  /** What is sold comes back; what was not sold yet is free again; nothing comes back twice. */
  private checkReturn(written: Written, gained: number): void {
    const key = `${written.order} ${written.sku}`;
    const sold = this.gone.get(key) ?? 0;
    if (this.back.has(key)) this.note(written, 'brought back twice');
    if (gained !== sold) this.note(written, `brought back ${gained} of ${sold} sold`);
    this.back.add(key);
    this.gone.delete(key);
  }

  /** A reservation is refused for a reason only. */
  private checkRefusal(written: Written): void {
    const { kind, order = '', quantity, before, isMade } = written;
    if (kind !== 'reserve' || isMade || before?.name === undefined) return;
    const isFree = before.pending[order] === undefined && before.released[order] === undefined;
    if (isFree && before.available >= quantity) this.note(written, `refused ${quantity} of ${before.available}`);
  }

  private note({ kind, order, sku }: Written, what: string): void {
    this.violations.push(`${kind} ${order ?? ''} ${sku}: ${what}`);
  }

  private add(counts: Map<string, number>, sku: string, pieces: number): void {
    counts.set(sku, (counts.get(sku) ?? 0) + pieces);
  }
}
