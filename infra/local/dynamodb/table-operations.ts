import { parseRequest, type Result } from './operations';
import type { Room } from './room';

type Body = Record<string, unknown>;

/** The operations that tell about tables. */
export const tableOperations = {
  DescribeTable: async (room: Room, body: Body): Promise<Result> => {
    const request = parseRequest('DescribeTable', body, room.dynalite);
    return { Table: room.tables.get(request.TableName, true).description };
  },

  DescribeTimeToLive: async (room: Room, body: Body): Promise<Result> => {
    const request = parseRequest('DescribeTimeToLive', body, room.dynalite);
    const { ttlAttribute } = room.tables.get(request.TableName, true).definition;
    return {
      TimeToLiveDescription: {
        TimeToLiveStatus: ttlAttribute === undefined ? 'DISABLED' : 'ENABLED',
        ...(ttlAttribute !== undefined && { AttributeName: ttlAttribute }),
      },
    };
  },

  /** In the order of the names, at most `Limit` (100) of those after `ExclusiveStartTableName`. */
  ListTables: async (room: Room, body: Body): Promise<Result> => {
    const request = parseRequest('ListTables', body, room.dynalite);
    const start = String(request.ExclusiveStartTableName ?? '');
    const limit = Number(request.Limit ?? 100);
    const names = room.tables.all().map((table) => table.definition.tableName);
    const rest = names.sort().filter((name) => name > start);
    const page = rest.slice(0, limit);
    return { TableNames: page, ...(rest.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
  },
};
