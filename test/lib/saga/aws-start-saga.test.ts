import '../../support/environment';
import {
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { openSagaStarter } from '../../../lib/saga/aws-start-saga';

const stepFunctions = mockClient(SFNClient);

beforeEach(() => stepFunctions.reset());

describe('the starter of a saga', () => {
  it('starts the state machine of the environment under the id of the saga', async () => {
    stepFunctions.on(StartExecutionCommand).resolves({});

    await openSagaStarter('place-order')('ord_1', { orderId: 'ord_1', lines: [] });

    expect(stepFunctions.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-place-order',
        name: 'ord_1',
        input: '{"orderId":"ord_1","lines":[]}',
      },
    ]);
  });

  it('takes a saga that has been started before as started', async () => {
    stepFunctions.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ $metadata: {}, message: 'exists' }));

    await expect(openSagaStarter('place-order')('ord_1', {})).resolves.toBeUndefined();
  });

  it('throws every other error on', async () => {
    const error = new StateMachineDoesNotExist({ $metadata: {}, message: 'no such machine' });
    stepFunctions.on(StartExecutionCommand).rejects(error);

    await expect(openSagaStarter('place-order')('ord_1', {})).rejects.toBe(error);
  });

  it('cannot be made for a saga that the environment does not name', () => {
    expect(() => openSagaStarter('cancel-order')).toThrow('STATE_MACHINE_ARN_CANCEL_ORDER is not set');
  });
});
