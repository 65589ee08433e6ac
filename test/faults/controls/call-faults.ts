import { draw } from '../draw';
import type { Call, Fate } from '../fates';

/** What {@link callFaults} makes of a call. */
export type CallFate = Extract<Fate, { kind: 'ok' | 'error-before' | 'error-after' }>;

/**
 * Strikes each call with the probability `p`: half of the faults come before the effect, half after it with the reply lost. The
 * same seed strikes the same calls.
 */
export function callFaults(p: number, seed: number) {
  return ({ orderId, name, nth, at }: Call): CallFate => {
    const what = `${orderId ?? at}/${name}/${nth}`;
    if (draw(seed, what) >= p) return { kind: 'ok' };
    const error = 'Lambda.ServiceException';
    return draw(seed, `${what}/effect`) < 0.5 ? { kind: 'error-before', error } : { kind: 'error-after', error };
  };
}
