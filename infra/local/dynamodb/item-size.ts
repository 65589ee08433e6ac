import { type Item, itemSize } from 'dynalite/db';

/** What an item may have: names and values together. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * The size of an item in bytes, as AWS counts it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  const text = JSON.stringify(item);
  // dynalite counts characters. Read as Latin-1, the text has one character for each byte of its UTF-8 form.
  return Buffer.byteLength(text) === text.length ? itemSize(item) : itemSize(JSON.parse(toCharacters(text)));
}

/** The write capacity units for the larger one of an item's states before and after a write; at least 1. */
export function writeUnits(...states: Array<Item | undefined>): number {
  return Math.max(1, ...states.map((item) => (item ? Math.ceil(itemBytes(item) / 1024) : 0)));
}

function toCharacters(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
