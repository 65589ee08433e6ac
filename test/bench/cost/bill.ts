import type { Workflow } from '../../../lib/service/names';
import { sum } from '../measure';
import type { FunctionUse, Operations, TableUse } from './operations';
import { PRICES, type Price } from './prices';

/** One line of the bill. */
export interface BillRow {
  readonly service: string;
  readonly unit: string;
  readonly perOrder: number;
  readonly dollarsPerMillionOrders: number;
}

/**
 * The rule that a stage has unless another is made records five of a hundred requests, beside the first of each second.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
const SAMPLED = 0.05;

/** What `orders` orders that took these operations cost, for a million of them. */
export function toBill(operations: Operations, orders: number, workflow: Workflow): BillRow[] {
  const { apiRequests, functions, executions, transitions, expressGbSeconds, tables, traceRoots } = operations;
  const { events, queues } = operations;
  const row = (service: string, unit: string, quantity: number, price: Price): BillRow => ({
    service,
    unit,
    perOrder: quantity / orders,
    dollarsPerMillionOrders: (quantity / orders) * price.dollars * 1_000_000,
  });
  const gbSecondsOf = ({ invocations, billedMs, memoryMb }: FunctionUse) =>
    invocations * (billedMs / 1000) * (memoryMb / 1024);
  const unitsOf = (kind: TableUse['kind']) => sum(tables.filter((use) => use.kind === kind).map(({ units }) => units));
  const states =
    workflow === 'STANDARD'
      ? [row('Step Functions', 'transitions', transitions, PRICES.transition)]
      : [
          row('Step Functions', 'Express requests', executions, PRICES.expressRequest),
          row('Step Functions', 'Express GB-seconds', expressGbSeconds, PRICES.expressGbSecond),
        ];
  return [
    row('API Gateway', 'requests', apiRequests, PRICES.apiRequest),
    row('Lambda', 'invocations', sum(functions.map(({ invocations }) => invocations)), PRICES.invocation),
    row('Lambda', 'GB-seconds', sum(functions.map(gbSecondsOf)), PRICES.functionGbSecond),
    ...states,
    row('DynamoDB', 'write units', unitsOf('write'), PRICES.writeUnit),
    row('DynamoDB', 'read units', unitsOf('read'), PRICES.readUnit),
    row('DynamoDB', 'stream reads by Lambda', operations.streamReads, PRICES.streamRead),
    row('EventBridge', 'events', sum(events.map(({ billed }) => billed)), PRICES.event),
    row('EventBridge', 'bytes archived', sum(events.map(({ bytes }) => bytes)), PRICES.archivedByte),
    row('SQS', 'requests', sum(queues.map(({ requests }) => requests)), PRICES.queueRequest),
    row('CloudWatch', 'bytes of functions', operations.functionLogBytes, PRICES.logByte),
    row('CloudWatch', 'bytes of API and sagas', operations.otherLogBytes, PRICES.logByte),
    row('X-Ray', 'traces recorded', traceRoots * SAMPLED, PRICES.trace),
  ];
}

/** The bottom line of a bill. */
export function totalOf(rows: readonly BillRow[]): number {
  return sum(rows.map(({ dollarsPerMillionOrders }) => dollarsPerMillionOrders));
}
