import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { requireEnv } from '../env';
import { ENV } from '../service/names';

/** Starts a saga under a name. When one of that name has been started before, nothing happens. */
export type StartSaga = (sagaId: string, input: object) => Promise<void>;

/**
 * Makes the starter of one saga. Execution names of a standard state machine stay taken for 90 days, which makes the start
 * exactly once.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function openSagaStarter(saga: string): StartSaga {
  const client = new SFNClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  const stateMachineArn = requireEnv(ENV.stateMachineArn(saga));
  return async (sagaId, input) => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name: sagaId, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}
