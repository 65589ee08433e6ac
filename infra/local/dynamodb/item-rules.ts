import type { Item } from 'dynalite/db';
import { validateAttributeValue } from 'dynalite/validations';
import type { AwsError } from '../aws-error';
import { validationError } from './engine-error';
import { itemBytes, MAX_ITEM_BYTES } from './item-size';
import type { Table } from './table';

/**
 * What AWS refuses of an item that is to be written and dynalite does not: an empty string or binary as a key of an index; of
 * one that is the result of an `update` also a sum that is too precise, and a size over the limit.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function refuseItem(table: Table, item: Item, update?: { before: Item | undefined }): AwsError | undefined {
  for (const { IndexName, KeySchema } of table.definition.globalSecondaryIndexes) {
    for (const { AttributeName: key } of KeySchema) {
      const kind = emptyKindOf(item[key]);
      // One that was there before the update is none of its faults: the index is younger than the item.
      if (!kind || (update && emptyKindOf(update.before?.[key]))) continue;
      const { what, where } = update ? ON_UPDATE : { ...ON_PUT, where: ` IndexName: ${IndexName}, IndexKey: ${key}` };
      return validationError(
        `One or more parameter values are not valid. ${what} ` +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value.${where}`,
      );
    }
  }
  if (!update) return undefined;
  const refusal = Object.values(item).map(validateAttributeValue).find(Boolean);
  const isTooLarge = itemBytes(item) > MAX_ITEM_BYTES;
  const message = refusal ?? (isTooLarge ? 'Item size to update has exceeded the maximum allowed size' : undefined);
  return message === undefined ? undefined : validationError(message);
}

const ON_PUT = { what: 'A value specified for a secondary index key is not supported.' };
const ON_UPDATE = {
  what: 'The update expression attempted to update a secondary index key to a value that is not supported.',
  where: '',
};

function emptyKindOf(value: Item[string] | undefined): string | undefined {
  return value?.S === '' ? 'string' : value?.B === '' ? 'binary' : undefined;
}
