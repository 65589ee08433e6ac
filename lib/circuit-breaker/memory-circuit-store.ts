import type { CircuitKey, CircuitStore, ItemUpdate, StoredItem, WriteCondition, WriteOutcome } from './circuit-store';

/**
 * Circuits in the memory of this process: for a process that has no others beside it, and for tests. It stores and refuses what the
 * store on DynamoDB does, with one difference: fractions are added as JavaScript adds them.
 */
export function memoryCircuitStore(): CircuitStore {
  const services = new Map<string, Map<string, StoredItem>>();

  // Nothing is awaited between looking and writing: that is what makes a write one step.
  return {
    async load(service) {
      return new Map(services.get(service));
    },
    async write(key, update): Promise<WriteOutcome> {
      checkWritable(update);
      const circuits = services.get(key.service) ?? new Map<string, StoredItem>();
      const before = circuits.get(key.circuit);
      if (!update.when.every((condition) => holds(condition, before && { ...before, ...key }))) {
        return { applied: false, item: before };
      }
      const item = updated(before ?? {}, update);
      services.set(key.service, circuits.set(key.circuit, item));
      return { applied: true, item };
    },
  };
}

/** `item` is `undefined` when there is none; otherwise it has its key, which may be asked for as any attribute. */
function holds({ attribute, is, value, orMissing }: WriteCondition, item: StoredItem | undefined): boolean {
  const stored = item?.[attribute];
  if (stored === undefined) return is === 'missing' || orMissing === true;
  if (is === 'missing' || typeof stored !== typeof value) return false;
  const order = compare(stored as string | number, value as string | number);
  return is === '=' ? order === 0 : is === '<' ? order < 0 : order <= 0;
}

/** Both are of one type. Strings are ordered by their bytes in UTF-8, as DynamoDB orders them. */
function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number') return left - Number(right);
  return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
}

function updated(before: StoredItem, { set = {}, add = {}, remove = [] }: ItemUpdate): StoredItem {
  const item: Record<string, unknown> = { ...before, ...structuredClone(set) };
  for (const [name, amount] of Object.entries(add)) {
    const stored = item[name] ?? 0;
    if (typeof stored !== 'number') throw new TypeError(`${name} is no number: nothing can be added to it`);
    item[name] = stored + amount;
  }
  for (const name of remove) delete item[name];
  return item;
}

const KEY: ReadonlySet<string> = new Set<keyof CircuitKey>(['service', 'circuit']);

/** Refuses what DynamoDB refuses whatever the item is. */
function checkWritable({ set = {}, add = {}, remove = [], when }: ItemUpdate): void {
  const names = [...Object.keys(set), ...Object.keys(add), ...remove];
  const refused = names.find((name, at) => KEY.has(name) || names.indexOf(name) !== at);
  if (refused !== undefined) throw new TypeError(`${refused} is part of the key, or written twice`);
  const compared = when.filter(({ is }) => is !== 'missing').map(({ value }) => value);
  for (const value of [...Object.values(set), ...Object.values(add), ...compared]) checkValue(value);
}

function checkValue(value: unknown): void {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(checkValue);
  const isTooLarge = typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);
  if (value === undefined || isTooLarge) throw new TypeError(`${value} cannot be stored`);
}
