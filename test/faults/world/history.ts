import type { Clock } from '../../../infra/local/clock';

/** What happened in a simulation, in readable lines. */
export interface History {
  readonly lines: readonly string[];
  /** Adds a line: when, which order, what. */
  add(orderId: string | undefined, what: string): void;
}

/** Long enough to tell the orders of a simulation apart. */
const ID_LENGTH = 'ord_'.length + 8;

/** Opens a history whose times are in seconds since `startMs`. */
export function openHistory(clock: Clock, startMs: number): History {
  const lines: string[] = [];
  return {
    lines,
    add: (orderId = '-', what) => {
      const seconds = ((clock.now() - startMs) / 1000).toFixed(3).padStart(9);
      lines.push(`${seconds} ${orderId.slice(0, ID_LENGTH).padEnd(ID_LENGTH)} ${what}`);
    },
  };
}
