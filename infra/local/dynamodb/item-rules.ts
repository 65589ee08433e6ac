import { type Item, itemSize } from 'dynalite/db';
import { validateAttributeValue } from 'dynalite/validations';
import { type Table, typeOf } from './table';

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
  const bytes = Buffer.from(text).toString('latin1');
  return itemSize(bytes.length === text.length ? item : JSON.parse(bytes));
}

/** The write capacity units for the larger one of an item's states before and after a write; at least 1. */
export function writeUnits(...states: Array<Item | undefined>): number {
  return Math.max(1, ...states.map((item) => (item ? Math.ceil(itemBytes(item) / 1024) : 0)));
}

/**
 * What AWS refuses of an item that is to be written and dynalite does not: another type or an empty value as a key of an
 * index. Returns the message. With an `update` what was there before it is not refused: the index is younger than the item.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function refuseIndexKeys(table: Table, item: Item, update?: { before: Item | undefined }): string | undefined {
  for (const { IndexName, KeySchema } of table.definition.globalSecondaryIndexes) {
    for (const key of KeySchema) {
      const name = key.AttributeName;
      const type = typeOf(table.definition, key);
      const [[actual, value] = []] = Object.entries(item[name] ?? {});
      const isOlder = update && JSON.stringify(update.before?.[name]) === JSON.stringify(item[name]);
      if (actual === undefined || isOlder) continue;
      if (actual !== type) {
        const mismatch = `Expected: ${type} Actual: ${actual} IndexName: ${IndexName}`;
        return `One or more parameter values were invalid: Type mismatch for Index Key ${name} ${mismatch}`;
      }
      if (value === '') {
        const what = update
          ? 'The update expression attempted to update a secondary index key to a value that is not supported.'
          : 'A value specified for a secondary index key is not supported.';
        const where = update ? '' : ` IndexName: ${IndexName}, IndexKey: ${name}`;
        const kind = type === 'S' ? 'string' : 'binary';
        const why = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
        return `One or more parameter values are not valid. ${what} ${why}${where}`;
      }
    }
  }
  return undefined;
}

/** What AWS refuses of the result of an update and dynalite does not: a sum that is too precise, and a size in bytes. */
export function refuseResult(item: Item): string | undefined {
  const isTooLarge = itemBytes(item) > MAX_ITEM_BYTES;
  const refusal = Object.values(item).map(validateAttributeValue).find(Boolean);
  return refusal ?? (isTooLarge ? 'Item size to update has exceeded the maximum allowed size' : undefined);
}
