import '../../support/environment';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { openSagaMachines } from '../../../lib/saga/aws-saga-machines';

const MACHINES = 'arn:aws:states:us-east-1:000000000000:stateMachine:';
const stepFunctions = mockClient(SFNClient);

beforeEach(() => stepFunctions.reset());

describe('the state machines of a saga', () => {
  it.each([
    ['main', 'holdfast-test-place-order'],
    ['repair', 'holdfast-test-place-order-repair'],
    ['undo', 'holdfast-test-place-order-undo'],
  ] as const)('start an execution under a name: %s', async (role, machine) => {
    stepFunctions.on(StartExecutionCommand).resolves({});

    await openSagaMachines('place-order').start(role, 'ord_1', { orderId: 'ord_1', lines: [] });

    expect(stepFunctions.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: MACHINES + machine, name: 'ord_1', input: '{"orderId":"ord_1","lines":[]}' },
    ]);
  });

  it('start an execution in the trace that is given', async () => {
    stepFunctions.on(StartExecutionCommand).resolves({});
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

    await openSagaMachines('place-order').start('main', 'ord_1', {}, { traceHeader });

    expect(stepFunctions.commandCalls(StartExecutionCommand)[0]?.args[0].input).toMatchObject({ traceHeader });
  });

  it('take an execution that there has been before as started', async () => {
    stepFunctions.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ $metadata: {}, message: 'exists' }));

    await expect(openSagaMachines('place-order').start('main', 'ord_1', {})).resolves.toBeUndefined();
  });

  it('throw every other error on', async () => {
    const error = new StateMachineDoesNotExist({ $metadata: {}, message: 'no such machine' });
    stepFunctions.on(StartExecutionCommand).rejects(error);

    await expect(openSagaMachines('place-order').start('main', 'ord_1', {})).rejects.toBe(error);
  });

  it('send no input that is too large to be a reference', async () => {
    const input = { text: 'x'.repeat(40_000) };

    await expect(openSagaMachines('place-order').start('main', 'ord_1', input)).rejects.toThrow(
      'the input of place-order ord_1 must have at most 32768 bytes, got 40011',
    );
    expect(stepFunctions.calls()).toHaveLength(0);
  });

  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ] as const)('tell of an execution that is %s that it is %s', async (status, state) => {
    stepFunctions.on(DescribeExecutionCommand).resolves({ status });

    expect(await openSagaMachines('place-order').find('undo', 'ord_1-2')).toBe(state);
    expect(stepFunctions.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:holdfast-test-place-order-undo:ord_1-2',
    });
  });

  it('tell that there is no execution of a name, and throw every other error on', async () => {
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    stepFunctions
      .on(DescribeExecutionCommand)
      .rejectsOnce(new ExecutionDoesNotExist({ $metadata: {}, message: 'none' }))
      .rejects(throttled);
    const machines = openSagaMachines('place-order');

    expect(await machines.find('repair', 'ord_1')).toBe('absent');
    await expect(machines.find('repair', 'ord_1')).rejects.toThrow('slow down');
  });

  it('are opened by name only when one is needed', async () => {
    await expect(openSagaMachines('made-up').start('main', 'x', {})).rejects.toThrow(
      'STATE_MACHINE_ARN_MADE_UP is not set',
    );
  });
});
