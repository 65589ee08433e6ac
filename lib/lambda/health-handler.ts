import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { HandlerContract, QueryTrigger, ServiceContract } from '../service/contract';
import { openTable } from '../table/dynamodb-table';
import { queryHandler } from './query-handler';

type WithHealth = Omit<ServiceContract, 'handlers'> & {
  readonly handlers: { readonly health: HandlerContract & { readonly trigger: QueryTrigger } };
};

/** Makes the `health` operation of a service: it is well when its own table answers. Neighbours are not asked. */
export function healthHandler(contract: WithHealth) {
  const table = openTable();
  const { partitionKey, sortKey } = contract.table ?? { partitionKey: 'id' };
  const Key = { [partitionKey]: 'health', ...(sortKey !== undefined && { [sortKey]: 'health' }) };
  return queryHandler(contract, 'health', async () => {
    await table.client.send(new GetCommand({ TableName: table.name, Key }));
    return {};
  });
}
