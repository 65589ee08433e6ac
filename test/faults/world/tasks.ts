import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import type { Saga } from '../../../lib/saga/saga';
import type { ServiceContract } from '../../../lib/service/contract';
import type { Crossings } from './crossings';
import type { Executions, TaskCall } from './executions';
import type { Functions } from './functions';
import { garbled } from './garble';
import { describeOutcome, FunctionFailure, lambdaError } from './lambda-errors';
import { phaseOf } from './machines';
import { findHandler } from './place';

/** What the tasks of executions need. */
export interface TasksOptions {
  readonly services: readonly ServiceContract[];
  readonly sagas: readonly Saga[];
  readonly crossings: Crossings;
  readonly functions: () => Functions;
  readonly executions: () => Executions;
}

/** Makes what carries out the tasks of executions: the functions of the steps, called by Step Functions. */
export function openTasks({ services, sagas, crossings, functions, executions }: TasksOptions) {
  return async ({ functionArn, payload, executionArn }: TaskCall): Promise<LambdaOutcome> => {
    const { service, handler } = findHandler(services, functionArn);
    const command = JSON.parse(payload) as { sagaId?: string; step?: string };
    const { sagaId: orderId } = command;
    const phase = phaseOf(sagas, executionArn, command.step ?? '');
    try {
      // The task has a time limit of its own.
      return await crossings.cross({
        call: { edge: 'lambda', name: `${service.name}/${handler}`, phase, ...(orderId !== undefined && { orderId }) },
        carriesOut: ['crash', 'skew', 'garble', 'stop'],
        perform: (fate) => {
          if (fate.kind === 'stop') void executions().stop(executionArn);
          const event = fate.kind === 'garble' ? garbled(command, fate.as) : command;
          return functions().invoke({ service, handler, event, phase, orderId, fate });
        },
        toError: lambdaError,
        describe: describeOutcome,
      });
    } catch (error) {
      if (error instanceof FunctionFailure) return error.outcome;
      throw error;
    }
  };
}
