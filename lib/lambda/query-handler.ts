import middy from '@middy/core';
import type { InferOutput } from 'valibot';
import { InvalidRequestError } from '../errors/request-errors';
import { validate } from '../http/validate';
import { log } from '../observability/log';
import {
  type HandlersOf,
  type OutputOf,
  type QueryTrigger,
  type ServiceContract,
  type TriggerOf,
  triggerOf,
} from '../service/contract';
import { traced } from './traced';

/**
 * Makes a use case an operation that other services call.
 *
 * @throws {InvalidRequestError} when the input breaks the contract.
 */
export function queryHandler<const Contract extends ServiceContract, Name extends HandlersOf<Contract, QueryTrigger>>(
  contract: Contract,
  name: Name,
  useCase: (
    input: InferOutput<TriggerOf<Contract, Name, QueryTrigger>['input']>,
  ) => Promise<OutputOf<TriggerOf<Contract, Name, QueryTrigger>>>,
) {
  const trigger = triggerOf<QueryTrigger>(contract, name, 'query');
  const operation = `${contract.name}/${name}`;
  const answer = middy(
    async (event: unknown) => {
      const input = validate(trigger.input, event, 'input');
      if ('errors' in input) throw new InvalidRequestError(`the input of ${operation} is not valid`, input.errors);
      return useCase(input.value as InferOutput<TriggerOf<Contract, Name, QueryTrigger>['input']>);
    },
    { timeoutEarlyInMillis: 0 },
  ).use({
    onError: ({ error }: middy.Request) => log('error', 'query failed', { operation, error }),
  });
  return traced(() => ({ name: operation }), answer);
}
