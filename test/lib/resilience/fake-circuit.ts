import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { judgeCall } from '../../../lib/resilience/judge-call';
import type { PolicyCircuit } from '../../../lib/resilience/policy';

/** A circuit that opens at a number of failures in a row, and stays open until it is told to close. It remembers each verdict. */
export function fakeCircuit(failureThreshold = Number.POSITIVE_INFINITY, retryAfterMs?: number) {
  const verdicts: string[] = [];
  let failures = 0;
  const circuit: PolicyCircuit = {
    async execute(work) {
      // As a real one, which may have to look at its store first.
      await undefined;
      if (failures >= failureThreshold) throw new CircuitOpenError('carrier', 'open', retryAfterMs);
      const judge = (settled: Parameters<typeof judgeCall>[0]) => {
        const verdict = judgeCall(settled);
        verdicts.push(verdict);
        if (verdict === 'failure') failures += 1;
        if (verdict === 'success') failures = 0;
      };
      try {
        const value = await work();
        judge({ value });
        return value;
      } catch (error) {
        judge({ error });
        throw error;
      }
    },
  };
  return {
    circuit,
    verdicts,
    close: () => {
      failures = 0;
    },
  };
}
