import { draw } from '../draw';
import type { Api, ApiRequest } from './api';
import type { TimedAnswer } from './client-record';
import type { SimulatedClock } from './simulated-clock';

/** The longest pause between two tries of a client. */
const MAX_PAUSE_MS = 30_000;

/** Repeats a request until it has an answer that is no failure. */
export async function insist(
  { api, clock, seed }: { readonly api: Api; readonly clock: SimulatedClock; readonly seed: number },
  request: ApiRequest,
): Promise<TimedAnswer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await api.send(request).catch(() => undefined);
    if (answer && answer.status < 500 && answer.status !== 429) return { ...answer, at: clock.now() };
    const share = 0.5 + draw(seed, `${request.orderId} ${request.route} ${tries}`) / 2;
    await new Promise<void>((wake) => void clock.after(Math.min(1000 * 2 ** tries, MAX_PAUSE_MS) * share, wake));
  }
}
