import { createHash } from 'node:crypto';
import type { Item } from 'dynalite/db';
import { itemBytes } from './item-size';
import type { ItemChange } from './pending-writes';
import type { Place, StreamViewType, Table } from './table';

/**
 * One change of one item, in the form in which a function gets it from its event source.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: '1.1';
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  dynamodb: {
    /** Epoch seconds. */
    ApproximateCreationDateTime: number;
    Keys: Item;
    NewImage?: Item;
    OldImage?: Item;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: StreamViewType;
  };
  eventSourceARN: string;
  /** Who changed the item, when it was not a request. */
  userIdentity?: UserIdentity;
}

export interface UserIdentity {
  type: 'Service';
  principalId: 'dynamodb.amazonaws.com';
}

/** The record of a change to a table that has a stream. */
export function toStreamRecord(
  place: Place,
  { table, before, after }: ItemChange,
  at: { sequenceNumber: string; nowMs: number },
  userIdentity?: UserIdentity,
): StreamRecord {
  const view = viewTypeOf(table);
  const keys = keysOf(table, (after ?? before) as Item);
  const images = {
    ...(after && view.includes('NEW') && { NewImage: after }),
    ...(before && view.includes('OLD') && { OldImage: before }),
  };
  const sizeBytes = [keys, ...Object.values(images)].reduce((sum, item) => sum + itemBytes(item), 0);
  return {
    eventID: createHash('md5').update(`${table.streamArn} ${at.sequenceNumber}`).digest('hex'),
    eventName: !before ? 'INSERT' : !after ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: place.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at.nowMs / 1000),
      Keys: keys,
      ...images,
      SequenceNumber: at.sequenceNumber,
      SizeBytes: sizeBytes,
      StreamViewType: view,
    },
    eventSourceARN: String(table.streamArn),
    ...(userIdentity && { userIdentity }),
  };
}

/** The key attributes of an item of the table. */
export function keysOf(table: Table, item: Item): Item {
  const names = new Set(table.definition.keySchema.map((key) => key.AttributeName));
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

function viewTypeOf(table: Table): StreamViewType {
  if (!table.definition.streamViewType) throw new Error(`table ${table.definition.tableName} has no stream`);
  return table.definition.streamViewType;
}
