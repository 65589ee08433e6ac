import type { HandlerContract, QueryTrigger, ServiceContract } from '../service/contract';
import { openTable, probeTable } from '../table/dynamodb-table';
import { queryHandler } from './query-handler';

type WithHealth = Omit<ServiceContract, 'handlers'> & {
  readonly handlers: { readonly health: HandlerContract & { readonly trigger: QueryTrigger } };
};

/**
 * Makes the `health` operation of a service: it is well when its own table answers. Neighbours are not asked.
 *
 * @throws {Error} at INIT, when the service has no table.
 */
export function healthHandler(contract: WithHealth) {
  const table = openTable();
  const keys = contract.table;
  if (!keys) throw new Error(`${contract.name} has no table to ask`);
  return queryHandler(contract, 'health', async () => {
    await probeTable(table, keys);
    return {};
  });
}
