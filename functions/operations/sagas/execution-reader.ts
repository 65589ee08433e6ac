import { requireEnv } from '../../../lib/env';
import { type ExecutionEvent, openExecutionHistoryReader } from '../../../lib/saga/aws-execution-history';
import { readExecutionLog } from '../../../lib/saga/aws-execution-log';
import { hasUndos } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';
import { ENV, type MachineRole } from '../../../lib/service/names';

/** An execution of a saga, as the orders service names it. */
export interface ExecutionName {
  readonly machine: { readonly saga: string; readonly role: MachineRole };
  readonly name: string;
  /** About when it was started; makes the search in the log of an express machine a short one. */
  readonly startedAt?: string | undefined;
}

/** Reads the events of an execution, oldest first: one list for each execution of the name, none when there is none. */
export type ReadExecution = (execution: ExecutionName) => Promise<ExecutionEvent[][]>;

/**
 * Makes the reader of the executions of some sagas: from the history of a standard machine, from the log of an express one.
 *
 * @throws {Error} when the environment does not name the machines of a saga. From the reader: for a machine of another saga,
 *   and {@link ServiceUnavailableError} when AWS does not answer or refuses.
 */
export function openExecutionReader(sagas: readonly Saga[]): ReadExecution {
  const isExpress = requireEnv(ENV.workflow) === 'EXPRESS';
  const arns = new Map(sagas.flatMap(machineArnsOf));
  const readHistory = openExecutionHistoryReader();
  return async ({ machine: { saga, role }, name, startedAt }) => {
    const stateMachineArn = arns.get(`${saga}/${role}`);
    if (stateMachineArn === undefined) throw new Error(`the machine ${role} of ${saga} is not one that is watched`);
    if (isExpress && role === 'main') {
      const start = startedAt !== undefined && { startedAt: Date.parse(startedAt) };
      return readExecutionLog({ stateMachineArn, executionName: name, ...start });
    }
    return [await readHistory(`${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`)];
  };
}

function machineArnsOf(saga: Saga): Array<[machine: string, arn: string]> {
  const { name } = saga;
  return [
    [`${name}/main`, requireEnv(ENV.stateMachineArn(name))],
    [`${name}/repair`, requireEnv(ENV.repairMachineArn(name))],
    ...(hasUndos(saga) ? [[`${name}/undo`, requireEnv(ENV.undoMachineArn(name))] as [string, string]] : []),
  ];
}
