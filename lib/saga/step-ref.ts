import {
  type HandlersOf,
  type InputOf,
  type OutputOf,
  type ServiceContract,
  type StepTrigger,
  type TriggerOf,
  triggerOf,
} from '../service/contract';
import type { DeepReadonly } from './expression';

declare const commandType: unique symbol;
declare const resultType: unique symbol;

/** A handler that a saga can call, with the types of its command and of its result. */
export interface StepRef<Name extends string = string, Command = unknown, Result = unknown> {
  readonly service: string;
  readonly handler: string;
  /** PascalCase imperative, the name of the state. */
  readonly name: Name;
  /** The function's own time limit. */
  readonly timeoutSeconds: number;
  readonly [commandType]?: Command;
  readonly [resultType]?: Result;
}

/** Names a step of a contract, for a row of a saga. Only handlers with a `step` trigger can be named. */
export function step<const Contract extends ServiceContract, Handler extends HandlersOf<Contract, StepTrigger>>(
  contract: Contract,
  handler: Handler,
): StepRef<
  TriggerOf<Contract, Handler, StepTrigger>['name'],
  DeepReadonly<InputOf<TriggerOf<Contract, Handler, StepTrigger>>>,
  DeepReadonly<OutputOf<TriggerOf<Contract, Handler, StepTrigger>>>
> {
  const { name } = triggerOf<StepTrigger>(contract, handler, 'step');
  return { service: contract.name, handler, name, timeoutSeconds: contract.handlers[handler]?.timeoutSeconds ?? 0 };
}
