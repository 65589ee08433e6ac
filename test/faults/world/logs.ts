/** Deployed otherwise than the infrastructure does: nothing that such a simulation finds means anything. */
const MISSING_VARIABLE = /the environment variable \w+ is not set/;

/** What functions log, and why the simulation means nothing, if it does not. */
export interface Logs {
  readonly lines: readonly string[];
  /** The first failure. */
  readonly failure: unknown;
  add(line: string): void;
  /** The simulation itself has failed. */
  fail(error: unknown): void;
}

/** Opens the logs of a simulation. */
export function openLogs(): Logs {
  const lines: string[] = [];
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  return {
    lines,
    get failure() {
      return failure;
    },
    add(line) {
      lines.push(line);
      const [missing] = MISSING_VARIABLE.exec(line) ?? [];
      if (missing !== undefined) fail(new Error(missing));
    },
    fail,
  };
}
