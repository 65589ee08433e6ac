import {
  type HandlersOf,
  type InputOf,
  type OutputOf,
  type QueryTrigger,
  type ServiceContract,
  type TriggerOf,
  triggerOf,
} from '../service/contract';

declare const inputType: unique symbol;
declare const outputType: unique symbol;

/** An operation of another service, with the types of its input and output. */
export interface QueryRef<Input = unknown, Output = unknown> {
  readonly service: string;
  readonly handler: string;
  readonly trigger: QueryTrigger;
  readonly [inputType]?: Input;
  readonly [outputType]?: Output;
}

/** Names an operation of a contract. Only handlers with a `query` trigger can be named. */
export function query<const Contract extends ServiceContract, Name extends HandlersOf<Contract, QueryTrigger>>(
  contract: Contract,
  name: Name,
): QueryRef<InputOf<TriggerOf<Contract, Name, QueryTrigger>>, OutputOf<TriggerOf<Contract, Name, QueryTrigger>>> {
  return { service: contract.name, handler: name, trigger: triggerOf<QueryTrigger>(contract, name, 'query') };
}
