import { isDeepStrictEqual } from 'node:util';
import type { Item } from 'dynalite/db';

/** Whether two items hold the same: the order of attributes and of the members of a set does not count. */
export function isSameItem(one: Item | undefined, other: Item | undefined): boolean {
  return isDeepStrictEqual(one && normalize(one), other && normalize(other));
}

/** Through JSON, because the engine's items have no prototype and stored ones have, which would make them unequal. */
function normalize(item: Item): unknown {
  return JSON.parse(JSON.stringify(item), (key, value) =>
    SET_TYPES.has(key) && Array.isArray(value) ? value.sort() : value,
  );
}

/** Only the value of a set is an array under one of these names: an attribute of that name holds a typed value. */
const SET_TYPES = new Set(['SS', 'NS', 'BS']);
