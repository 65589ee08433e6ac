/**
 * Lets go of what a test file leaves in its process: the context of traces hangs on every promise of the process, and each file that
 * loads the handlers brings a context of its own. With those of a hundred files every promise takes a hundred steps more.
 */
afterAll(() => {
  const api = (globalThis as Record<symbol, { context?: { disable?: () => void } } | undefined>)[
    Symbol.for('opentelemetry.js.api.1')
  ];
  api?.context?.disable?.();
});
