import type { Evidence } from './world/evidence';
import type { OrderVersion } from './world/order-versions';

type Mutable<T> = T extends readonly (infer Element)[]
  ? Mutable<Element>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

type Version = { row: Mutable<OrderVersion> | undefined; at: number };
/** Evidence that can be changed. */
export type Planted = Mutable<Omit<Evidence, 'versions'>> & { versions: Array<[string, Version[]]> };

/** The evidence with something wrong in it. */
export function plantedIn(right: Evidence, plant: (copy: Planted) => void): Evidence {
  const copy = structuredClone({ ...right, versions: [...right.versions] }) as unknown as Planted;
  plant(copy);
  return { ...copy, versions: new Map(copy.versions) } as unknown as Evidence;
}

/** The first of a list, which has one. */
export function first<T>(list: readonly T[]): T {
  if (list[0] === undefined) throw new Error('the list is empty');
  return list[0];
}
