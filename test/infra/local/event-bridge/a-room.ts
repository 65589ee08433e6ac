import type { Delivery } from '../../../../infra/local/delivery';
import { type EventBridge, openEventBridge, type RuleTarget } from '../../../../infra/local/event-bridge/event-bridge';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';

export const NOON = Date.parse('2031-05-06T12:00:00.000Z');
export const PLACE = { region: 'eu-west-1', accountId: '123456789012' };
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:on-order';
export const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:orders';
export const DEAD_LETTERS_ARN = 'arn:aws:sqs:eu-west-1:123456789012:dead-letters';
export const BUS_ARN = 'arn:aws:events:eu-west-1:123456789012:event-bus/shop';

/** What a room may take over from an earlier one, and how its surroundings behave. */
export interface Surroundings {
  readonly clock?: ManualClock;
  readonly store?: KeyValueStore;
  /** Throws what the target answers; attempts count from 1, over all deliveries. */
  readonly target?: (delivery: Delivery, attempt: number) => void;
  /** Throws what the dead-letter queue answers. */
  readonly deadLetterQueue?: () => void;
}

/** A room with the bus `shop`, and all that left it. */
export function aRoom(earlier: Surroundings = {}) {
  const parts = { clock: manualClock(NOON), store: memoryStore() as KeyValueStore, ...earlier };
  const delivered: Delivery[] = [];
  const deadLetters: Array<{
    queueArn: string;
    body: string;
    attributes: object;
    source: object;
    traceHeader?: string;
  }> = [];
  const errors: string[] = [];
  let attempts = 0;
  const room: EventBridge = openEventBridge({
    ...PLACE,
    store: parts.store,
    clock: parts.clock,
    random: () => 0,
    deliver: async (delivery) => {
      attempts += 1;
      earlier.target?.(delivery, attempts);
      if (delivery.targetArn.includes(':event-bus/'))
        await room.receive(delivery.targetArn, delivery.payload, delivery);
      delivered.push(delivery);
    },
    sendToDeadLetterQueue: async (queueArn, body, attributes, source, traceHeader) => {
      earlier.deadLetterQueue?.();
      deadLetters.push({ queueArn, body, attributes, source, ...(traceHeader !== undefined && { traceHeader }) });
    },
    onError: (error, what) => errors.push(`${what}: ${(error as Error).message}`),
  });
  room.createEventBus({ name: 'shop' });
  return {
    ...parts,
    room,
    delivered,
    deadLetters,
    errors,
    get attempts() {
      return attempts;
    },
    payloads: () => delivered.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>),
  };
}

/** A rule of the bus `shop` that takes every event of the source `orders`. */
export function aRule(targets: ReadonlyArray<Partial<RuleTarget>> = [{}], overrides: object = {}) {
  return {
    Name: 'orders',
    EventBusName: 'shop',
    EventPattern: '{"source":["orders"]}',
    State: 'ENABLED' as const,
    Targets: targets.map((target, index) => ({ Id: `t${index}`, Arn: FUNCTION_ARN, ...target })),
    ...overrides,
  };
}

/** An entry of PutEvents that `aRule` takes. */
export function anEntry(detail: object = { orderId: 'o-1' }, overrides: object = {}) {
  return {
    EventBusName: 'shop',
    Source: 'orders',
    DetailType: 'OrderConfirmed',
    Detail: JSON.stringify(detail),
    ...overrides,
  };
}

export function put(room: EventBridge, ...entries: object[]) {
  return room.handle('PutEvents', { Entries: entries });
}
