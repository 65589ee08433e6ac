import { openStepFunctions, type StepFunctions } from '../../../infra/local/step-functions/step-functions';
import { manualClock } from '../../support/manual-clock';
import { memoryStore } from '../../support/memory-store';
import type { Call } from '../fates';
import type { CallFate } from './call-faults';
import type { FieldMachine } from './field-machines';
import { FIELD_TOTAL_CENTS, type FieldOrder, type NaiveShop, openNaiveShop } from './naive-shop';

/** What is wrong with an order that has come to its end. */
export type FieldFault = 'money' | 'stock' | 'shipment' | 'stuck';

/** How a number of orders went. */
export interface FieldRun {
  readonly orders: number;
  /** Calls that failed before their effect, or took effect and lost the reply. */
  readonly faults: number;
  /** Orders with at least one violation. */
  readonly violated: number;
  /** How many orders broke each rule; one may break several. */
  readonly byRule: Readonly<Record<FieldFault, number>>;
}

const START = Date.UTC(2026, 0, 1);
const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** So many orders are on their way at once: more make nothing faster, and a failing one harder to follow. */
const BATCH = 250;

/**
 * Runs a published kind of saga for so many orders, each alone with participants that do as they are told, in simulated time and
 * by the interpreter that runs ours. `injector` is asked for the fate of every call.
 */
export async function runFieldMachine(
  machine: FieldMachine,
  orders: number,
  injector: (call: Call) => CallFate,
): Promise<FieldRun> {
  const clock = manualClock(START);
  const shop = openNaiveShop();
  const counts = new Map<string, number>();
  let faults = 0;

  const room = await openStepFunctions({
    store: memoryStore(),
    clock,
    random: () => 0.5,
    ...PLACE,
    async invokeLambda({ payload }) {
      const call = JSON.parse(payload) as Parameters<NaiveShop['carryOut']>[0];
      const key = `${call.orderId}/${call.step}`;
      const nth = counts.get(key) ?? 0;
      counts.set(key, nth + 1);
      const { step: name, orderId } = call;
      const fate = injector({ edge: 'lambda', phase: phaseOf(name), name, orderId, nth, at: clock.now() });
      if (fate.kind !== 'ok') faults += 1;
      return answer(fate, () => shop.carryOut(call));
    },
  });
  // The samples are Standard machines; an Express one runs the same text alike, and is faster here for keeping no journal.
  const { letter, definition } = machine;
  const text = JSON.stringify(definition);
  room.createStateMachine({ name: letter, definition: text, type: 'EXPRESS', roleArn: 'arn:aws:iam::0:role/field' });

  const byRule = { money: 0, stock: 0, shipment: 0, stuck: 0 };
  let violated = 0;
  for (let from = 0; from < orders; from += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, orders - from) }, (_, index) => `order-${from + index}`);
    const endings = Promise.all(ids.map((id) => runOne(room, letter, id)));
    let areOver = false;
    endings.then(() => {
      areOver = true;
    });
    while (!areOver) await clock.advance(60_000);
    for (const [index, ending] of (await endings).entries()) {
      const broken = findFieldFaults(shop.order(ids[index] ?? ''), ending);
      for (const rule of broken) byRule[rule] += 1;
      if (broken.length > 0) violated += 1;
    }
  }
  await room.close();
  return { orders, faults, violated, byRule };
}

/** The end of an execution: confirmed, undone as far as the machine knows, or neither. */
export type FieldEnding = 'confirmed' | 'undone' | 'half undone';

/** What one order's books break, by the rules that ours are held to. */
export function findFieldFaults(order: FieldOrder, ending: FieldEnding): FieldFault[] {
  const isConfirmed = ending === 'confirmed';
  const held = [...order.charges.values()].reduce((sum, cents) => sum + cents, 0);
  const isOnceAtMost = order.captures <= 1;
  const rules: Array<[FieldFault, boolean]> = [
    ['money', isOnceAtMost && held === (isConfirmed ? FIELD_TOTAL_CENTS : 0)],
    ['stock', order.reserved === (isConfirmed ? 1 : 0)],
    ['shipment', order.isShipped === isConfirmed],
    // Nothing ever takes it up again.
    ['stuck', ending !== 'half undone'],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}

async function runOne(room: StepFunctions, machine: string, orderId: string): Promise<FieldEnding> {
  const { status, error } = await room.handle('StartSyncExecution', {
    stateMachineArn: `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`,
    name: orderId,
    input: JSON.stringify({ orderId }),
  });
  if (status === 'SUCCEEDED') return 'confirmed';
  return error === 'OrderFailed' ? 'undone' : 'half undone';
}

function answer(fate: CallFate, carryOut: () => object) {
  switch (fate.kind) {
    case 'ok':
      return { payload: JSON.stringify(carryOut()) };
    case 'error-before':
      return failed(fate.error);
    case 'error-after':
      carryOut();
      return failed(fate.error ?? 'Sandbox.Timedout');
  }
}

function failed(errorType: string) {
  return { payload: JSON.stringify({ errorType, errorMessage: 'it was told to' }), functionError: 'Unhandled' };
}

function phaseOf(step: string): 'forward' | 'undo' {
  return /^(Release|Refund|Cancel)/.test(step) ? 'undo' : 'forward';
}
