import { type Call, type Edge, OK, type Phase } from './fates';
import type { FoundViolation, PlannedOrder, Simulate, Strike } from './simulation';

/** What an order of the fake world calls, each up to four times while a fault strikes. */
const CALLS: ReadonlyArray<readonly [Edge, Phase, string, isWrite?: boolean]> = [
  ['api', 'forward', 'POST /v1/orders'],
  ['table', 'forward', 'orders PutItem', true],
  ['stream', 'forward', 'orders/start-saga'],
  ['states', 'forward', 'StartExecution place-order'],
  ['lambda', 'forward', 'inventory/reserve-stock'],
  ['table', 'forward', 'inventory UpdateItem', true],
  ['table', 'forward', 'inventory BatchGetItem', false],
  ['lambda', 'forward', 'payments/charge-payment'],
  ['table', 'forward', 'orders GetItem', false],
  ['party', 'forward', 'provider POST /charges'],
  ['lambda', 'undo', 'payments/refund-payment'],
  ['table', 'undo', 'payments UpdateItem', true],
  ['party', 'undo', 'provider POST /charges/cancel'],
  ['table', 'repair', 'orders Query', false],
  ['lambda', 'repair', 'payments/refund-payment'],
  ['party', 'repair', 'provider POST /charges/cancel'],
];
const ATTEMPTS = 4;

/** Whether the faults that struck one order break a rule. */
export type Defect = (strikes: readonly Strike[]) => boolean;

/** A world without a system in it: orders make calls, faults strike them, and `defect` says when that breaks the books. */
export function fakeWorld(defect: Defect = () => false): Simulate {
  return async ({ plan, injector, faultsEndAtMs }) => {
    const strikes: Strike[] = [];
    const violations: FoundViolation[] = [];
    const history: string[] = [];
    for (const order of plan.orders) {
      const ofOrder = callsOf(order).flatMap((call) => {
        const fate = call.at < faultsEndAtMs ? injector(call) : OK;
        return fate.kind === 'ok' ? [] : [{ call, fate }];
      });
      strikes.push(...ofOrder);
      history.push(...ofOrder.map(({ call, fate }) => `${call.orderId} ${call.name} #${call.nth} ${fate.kind}`));
      if (defect(ofOrder)) violations.push({ rule: 'money', detail: `${order.key} was charged twice` });
    }
    const msToTerminal = plan.orders.map((_, index) => index * 1000);
    return { violations, strikes, msToTerminal, simulatedMs: 3_600_000, deadLetters: 0, history };
  };
}

function callsOf({ key, placedAtMs }: PlannedOrder): Call[] {
  const seen = new Map<string, number>();
  return CALLS.flatMap(([edge, phase, name, isWrite]) =>
    Array.from({ length: ATTEMPTS }, () => {
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      const call = { edge, phase, name, orderId: `ord_${key}`, nth, at: placedAtMs + nth };
      return isWrite === undefined ? call : { ...call, isWrite };
    }),
  );
}
