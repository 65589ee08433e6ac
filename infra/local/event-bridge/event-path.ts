/** Reads a value of an event; `undefined` when the event has none there. */
export type EventPath = (event: unknown) => unknown;

type Step = string | number | '*';

/**
 * Reads a path in the part of JSONPath that EventBridge knows: dots, letters, digits, `-`, `_`, `/`, indices of lists and
 * `*`. A path with `*` gives the list of all values there.
 *
 * @throws {Error} when the path has anything else
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function parseEventPath(path: string): EventPath {
  if (!/^\$(\.(\*|[\w/-]+)|\[(\*|\d+)\])*$/.test(path)) {
    throw new Error(`path ${path} must be $ followed by .name, [index], .* or [*]`);
  }
  const steps = [...path.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)].map(
    ([, name, index]): Step => (index === undefined || index === '*' ? (name ?? '*') : Number(index)),
  );
  return (event) => {
    const found = steps.reduce<unknown[]>((values, step) => values.flatMap((value) => take(value, step)), [event]);
    return steps.includes('*') ? found : found[0];
  };
}

function take(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*') return Object.values(value);
  if (Array.isArray(value) !== (typeof step === 'number')) return [];
  return Object.hasOwn(value, step) ? [(value as Record<Step, unknown>)[step]] : [];
}
