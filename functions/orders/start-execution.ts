import { currentTraceHeader, currentTraceparent, inSpan } from '../../lib/observability/tracing';
import type { SagaMachines } from '../../lib/saga/aws-saga-machines';
import type { MachineRole } from '../../lib/service/names';
import type { OrderRow } from './domain';

/** Starts an execution of an order's saga, in the trace of the request that made the order; the one that is active is linked. */
export async function startExecution(
  { orderId, traceparent }: OrderRow,
  machines: SagaMachines,
  role: MachineRole,
  name: string,
  input: object,
): Promise<void> {
  const here = currentTraceparent();
  const links = here === undefined ? [] : [here];
  const attributes = { orderId, sagaId: orderId, correlationId: orderId };
  await inSpan('start execution', { kind: 'producer', parent: traceparent, links, attributes }, () => {
    const traceHeader = currentTraceHeader();
    return machines.start(role, name, input, traceHeader === undefined ? {} : { traceHeader });
  });
}
