import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type fc from 'fast-check';
import type { Line, StockRow } from '../../functions/inventory/domain';
import { releaseStock } from '../../functions/inventory/handlers/release-stock';
import { reserveStock } from '../../functions/inventory/handlers/reserve-stock';
import { putStock, sell } from '../../functions/inventory/store';
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

export interface Plan {
  /** The pieces of each SKU at first; a SKU without is not put yet. */
  readonly onHand: ReadonlyArray<number | undefined>;
  /** The lines of each order. */
  readonly orders: ReadonlyArray<readonly Line[]>;
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

  /** One call at a time, as DynamoDB does it for an item, with the row before and after. */
  const judged = (kind: Kind, order: string | undefined, sku: string, command: UpdateCommand) => {
    const call = async () => {
      const before = await findItem<StockRow>(room.table, { sku });
      const outcome = await room.table.client.send(command).then(
        (value: object) => ({ value }),
        (error: Error) => ({ error }),
      );
      const pieces = Number(command.input.ExpressionAttributeValues?.[':onHand'] ?? 0);
      const line = orders.find((_, index) => orderId(index) === order)?.find((it) => it.sku === sku);
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
    const send = async (command: UpdateCommand) => {
      calls += 1;
      const sku = String(command.input.Key?.sku);
      await scheduler.schedule(Promise.resolve(), `${kind} ${order} ${sku} asks`);
      if (nowMs - startedAt > TIME_LIMIT_MS) throw named('EndedError');
      const input = mutate(command.input, kind);
      if (input === undefined) return {};
      const ask = () => judged(kind, order, sku, new UpdateCommand(input));
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
    const lines = [...(orders[order] ?? [])];
    const clock = { now: () => nowMs + skewMs };
    const table = tableFor(kind, id, fate);
    if (kind === 'sell') {
      for (const line of lines) await sell(table, id, line, clock.now());
      return;
    }
    if (kind === 'reserve' && clock.now() > start.now() + DEADLINE_MS) throw named('DeadlineExceededError');
    const useCase = kind === 'reserve' ? reserveStock(table, clock) : releaseStock(table, clock);
    await useCase(aCommand(kind, { orderId: id, lines }));
    if (kind === 'release') ledger.expectOver(id, lines);
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
    await scheduler.waitFor(Promise.all(happenings.map((happening) => happen(happening).catch(expectRefusal))));
    // What is not sold is given back in the end; then nothing may be left that belongs to nobody.
    const rest = orders.map((_, order) => handle('release', order, 'ok', 0).catch(expectRefusal));
    await scheduler.waitFor(Promise.all(rest));
    for (const sku of SKUS) ledger.expectEmpty(await findItem<StockRow>(room.table, { sku }));
    return ledger.violations;
  } finally {
    await room.close();
  }
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
