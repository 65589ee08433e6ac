import { circuitTitle, type Transition } from '../circuit-breaker/transition';
import { log } from '../observability/log';
import { countMetric } from '../observability/metric';
import { CIRCUIT_METRIC } from '../service/names';

/**
 * Notes a transition that this process has made, in the log and as a metric. A probe that failed counts as one more opening, so that
 * the metric, and an alarm on it, last as long as the party is down. No alarm hangs on those that closed: they show how long it was.
 */
export function reportTransition(transition: Transition): void {
  const { kind, cause, failures, at } = transition;
  const circuit = circuitTitle(transition);
  const { namespace, dimension, opened, closed } = CIRCUIT_METRIC;
  const name = kind === 'closed' ? closed : opened;
  countMetric({ namespace, name, value: 1, dimensions: { [dimension]: circuit }, at });
  log(kind === 'closed' ? 'info' : 'warn', `circuit ${kind}, cause: ${cause}`, { circuit, counts: { failures } });
}
