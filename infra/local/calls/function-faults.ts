import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import { applyFault, type Faults, serviceFailures } from '../faults/faults';
import type { Intercept, InvokeResult } from '../lambda/lambda';

/**
 * Faults at the invocations of functions, whoever invokes. A reply that is lost is an invocation that timed out; a fault's
 * `delayMs` passes before the caller hears of it.
 */
export function openFunctionFaults(options: {
  faults: Faults;
  clock: Clock;
  timeoutSecondsOf(functionName: string): number;
}): Intercept {
  const { faults, clock, timeoutSecondsOf } = options;
  return async (functionName, run) => {
    const strike = faults.strike({ part: 'function', name: functionName, call: 'Invoke' });
    if (strike === undefined) return run();
    const timeout = async (delayMs = 0): Promise<InvokeResult> => {
      await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
      return timedOut(timeoutSecondsOf(functionName));
    };
    return applyFault(strike, run, { ...serviceFailures('function'), timeout }, clock);
  };
}

function timedOut(timeoutSeconds: number): InvokeResult {
  const requestId = randomUUID();
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  const payload = JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage });
  return { statusCode: 200, payload, functionError: 'Unhandled', executedVersion: '$LATEST', requestId };
}
