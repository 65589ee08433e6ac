import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type fc from 'fast-check';
import type { Line, StockRow } from '../../functions/inventory/domain';
import { releaseStock } from '../../functions/inventory/handlers/release-stock';
import { reserveStock } from '../../functions/inventory/handlers/reserve-stock';
import { returnStock } from '../../functions/inventory/handlers/return-stock';
import { sellStock } from '../../functions/inventory/handlers/sell-stock';
import { putStock } from '../../functions/inventory/store';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import { aCommand, clock as start } from '../support/a-command';
import { openRoomTable } from '../support/room-table';
import { type Kind, StockLedger } from './stock-ledger';

export const SKUS = ['MUG-01', 'TEA-01'] as const;

/** After this a command to reserve is refused, as in the text of the saga; and a function is ended. */
const DEADLINE_MS = 67_000;
const TIME_LIMIT_MS = 10_000;

/**
 * What becomes of the calls that a message causes: they are answered; the client repeats each, because the first reply was lost; all
 * replies are lost for good from the first or the second call on, although the call took effect.
 */
export type Fate = 'ok' | 'repeated' | 'lost at 1' | 'lost at 2';

/** Something that happens: a message for an order, which may come again and again; a count by the shop; or time that passes. */
export type Happening =
  | { readonly kind: Exclude<Kind, 'put'>; readonly order: number; readonly fate: Fate; readonly skewMs: number }
  | { readonly kind: 'put'; readonly sku: string; readonly onHand: number; readonly fate: Fate }
  | { readonly kind: 'wait'; readonly seconds: number };

/**
 * What becomes of an order: it is undone, whether its lines are reserved or not; it is confirmed once they are, unless its undo begins
 * first; it has been confirmed before all else happens.
 */
export type Course = 'undone' | 'confirmed' | 'confirmed before';

export interface Plan {
  /** The pieces of each SKU at first; a SKU without is not put yet. */
  readonly onHand: ReadonlyArray<number | undefined>;
  readonly orders: ReadonlyArray<{ readonly lines: readonly Line[]; readonly course: Course }>;
  readonly happenings: readonly Happening[];
}

/** Changes what the code asks DynamoDB for: a bug planted from outside. `undefined`: the write is left out. */
export type Mutation = (input: UpdateCommandInput, kind: Kind) => UpdateCommandInput | undefined;

/** Refusals and failures that belong to the world. Anything else is a defect. */
const EXPECTED =
  /^(StepUndone|DeadlineExceeded|UnknownSku|StockInsufficient|OnHandBelowReserved|ReplyLost|Ended)Error$/;

const orderId = (order: number) => `ord_${String(order).padStart(32, '0')}`;
const named = (name: string) => Object.assign(new Error(name), { name });

/**
 * Lets all of it happen at the same time, in the order that the scheduler draws: before each call of DynamoDB and before its
 * reply. Answers what was wrong with the books at any time; an empty list when nothing was.
 */
export async function runStock(
  { onHand, orders, happenings }: Plan,
  scheduler: fc.Scheduler,
  mutate: Mutation = (input) => input,
): Promise<readonly string[]> {
  const room = await openRoomTable({ partitionKey: 'sku' });
  const ledger = new StockLedger();
  let nowMs = start.now();
  let last: Promise<unknown> = Promise.resolve();
  /** What became of each order. */
  const sagas = new Map<number, 'confirmed' | 'undone' | 'cancelled'>();

  /** One call at a time, as DynamoDB does it for an item, with the row before and after. */
  const judged = (kind: Kind, order: string | undefined, sku: string, command: Write) => {
    const call = async () => {
      const before = await findItem<StockRow>(room.table, { sku });
      const outcome = await send(room.table, command).then(
        (value: object) => ({ value }),
        (error: Error) => ({ error }),
      );
      const pieces = Number(('Key' in command.input && command.input.ExpressionAttributeValues?.[':onHand']) || 0);
      const line = orders.find((_, index) => orderId(index) === order)?.lines.find((it) => it.sku === sku);
      const after = await findItem<StockRow>(room.table, { sku });
      ledger.judge({ kind, order, sku, quantity: line?.quantity ?? pieces, before, after, isMade: 'value' in outcome });
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    };
    const turn = last.then(call);
    last = turn.catch(() => undefined);
    return turn;
  };

  const tableFor = (kind: Kind, order: string | undefined, fate: Fate): Table => {
    const startedAt = nowMs;
    let calls = 0;
    const send = async (command: Write) => {
      calls += 1;
      const sku = skuOf(command);
      await scheduler.schedule(Promise.resolve(), `${kind} ${order} ${sku} asks`);
      if (nowMs - startedAt > TIME_LIMIT_MS) throw named('EndedError');
      const mutated = mutateWrite(command, (input) => mutate(input, kind));
      if (mutated === undefined) return {};
      const ask = () => judged(kind, order, sku, mutated);
      const isLost = fate === `lost at ${calls}`;
      if (fate === 'repeated') await ask().catch(() => undefined);
      const answer = await scheduler.schedule(ask(), `${kind} ${order} ${sku} is answered`);
      if (isLost) throw named('ReplyLostError');
      return answer;
    };
    return { name: room.table.name, client: { send } as unknown as DynamoDBDocumentClient };
  };

  const handle = async (kind: Exclude<Kind, 'put'>, order: number, fate: Fate, skewMs: number): Promise<void> => {
    const id = orderId(order);
    const { lines: wanted = [], course = 'undone' } = orders[order] ?? {};
    const lines = [...wanted];
    const clock = { now: () => nowMs + skewMs };
    const table = tableFor(kind, id, fate);
    const command = aCommand(kind, { orderId: id, lines });
    if (kind === 'sell') {
      const total = { amountMinor: 0, currency: 'EUR' };
      await sellStock(table, clock)({ data: { orderId: id, customerId: 'alice', lines, total } });
    } else if (kind === 'reserve') {
      if (clock.now() > start.now() + DEADLINE_MS) throw named('DeadlineExceededError');
      await reserveStock(table, clock)(command);
      if (course !== 'undone' && !sagas.has(order)) sagas.set(order, 'confirmed');
    } else if (kind === 'release') {
      // The order decides: what is confirmed is not undone, and what is being undone is not confirmed.
      if (sagas.get(order) === 'confirmed' || sagas.get(order) === 'cancelled') return;
      sagas.set(order, 'undone');
      await releaseStock(table, clock)(command);
      ledger.expectOver(id, lines);
    } else {
      if (sagas.get(order) !== 'confirmed' && sagas.get(order) !== 'cancelled') return;
      sagas.set(order, 'cancelled');
      await returnStock(table, clock)(command);
      ledger.expectOver(id, lines);
      ledger.expectBack(id, lines);
    }
  };

  const count = (sku: string, pieces: number, fate: Fate = 'ok') =>
    putStock(
      tableFor('put', undefined, fate),
      { sku, name: sku, unitPriceCents: 1, currency: 'EUR', onHand: pieces },
      nowMs,
    );

  const happen = async (happening: Happening) => {
    await scheduler.schedule(Promise.resolve(), happening.kind);
    if (happening.kind === 'put') await count(happening.sku, happening.onHand, happening.fate);
    else if (happening.kind === 'wait') nowMs += happening.seconds * 1000;
    else await handle(happening.kind, happening.order, happening.fate, happening.skewMs);
  };
  const expectRefusal = (error: Error) => {
    if (!EXPECTED.test(error.name)) ledger.violations.push(`${error.name}: ${error.message}`);
  };

  try {
    const first = SKUS.map(async (sku, index) => {
      const pieces = onHand[index];
      if (pieces === undefined) return;
      await count(sku, pieces);
      await crowd(room.table, sku);
    });
    await scheduler.waitFor(Promise.all(first));
    for (const [order, { course }] of orders.entries()) {
      if (course !== 'confirmed before') continue;
      await scheduler.waitFor(handle('reserve', order, 'ok', 0).catch(expectRefusal));
    }
    await scheduler.waitFor(Promise.all(happenings.map((happening) => happen(happening).catch(expectRefusal))));
    // Sagas and events come to their end: what is not confirmed is given back, what is, is sold, what is cancelled is back. Then
    // nothing may be left that belongs to nobody.
    const rest = orders.map(async (_, order) => {
      const kinds = ['release', ...(sagas.get(order) === 'cancelled' ? ['return'] : []), 'sell'] as const;
      for (const kind of kinds) await handle(kind as 'release', order, 'ok', 0).catch(expectRefusal);
    });
    await scheduler.waitFor(Promise.all(rest));
    for (const sku of SKUS) ledger.expectEmpty(await findItem<StockRow>(room.table, { sku }));
    return ledger.violations;
  } finally {
    await room.close();
  }
}

/** A write of one row, alone or in a transaction with the record that it was made. */
type Write = UpdateCommand | TransactWriteCommand;

function send(table: Table, command: Write): Promise<object> {
  return command instanceof UpdateCommand ? table.client.send(command) : table.client.send(command);
}

function skuOf({ input }: Write): string {
  const key = 'Key' in input ? input.Key : itemsOf(input)[1]?.Update?.Key;
  return String(key?.sku ?? ('Key' in input ? '' : itemsOf(input)[1]?.Put?.Item?.sku));
}

function itemsOf(input: Write['input']) {
  return ('TransactItems' in input && input.TransactItems) || [];
}

/** In a transaction each write is mutated for itself. */
function mutateWrite(
  command: Write,
  mutate: (input: UpdateCommandInput) => UpdateCommandInput | undefined,
): Write | undefined {
  if (command instanceof UpdateCommand) {
    const input = mutate(command.input);
    return input && new UpdateCommand(input);
  }
  const TransactItems = itemsOf(command.input).map(({ Put, Update }) =>
    Put
      ? { Put: mutate(Put as unknown as UpdateCommandInput) as unknown as typeof Put }
      : { Update: mutate(Update as never) as typeof Update },
  );
  return new TransactWriteCommand({ TransactItems });
}

/** Expired notes of other orders, enough that the next write prunes. */
async function crowd(table: Table, sku: string): Promise<void> {
  const old = Array.from({ length: 20 }, (_, index) => [orderId(1000 + index), start.now() / 1000 - 3600]);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { sku },
      UpdateExpression: 'SET released = :old',
      ExpressionAttributeValues: { ':old': Object.fromEntries(old) },
    }),
  );
}
