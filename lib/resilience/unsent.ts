/** Compared by name, since an error may be of another copy of its class. */
const UNSENT: ReadonlySet<unknown> = new Set(['CircuitOpenError', 'DeadlineError', 'BulkheadFullError']);

/** Whether an error says that nothing was sent: the call was refused on this side of the wire, and the party knows nothing of it. */
export function isUnsent(error: unknown): boolean {
  return error instanceof Error && UNSENT.has(error.name);
}
