import '../../support/environment';
import { ExecutionDoesNotExist, GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { openExecutionHistoryReader } from '../../../lib/saga/aws-execution-history';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:holdfast-test-place-order:ord_1';
const NOON = Date.parse('2026-01-01T12:00:00Z');

const stepFunctions = mockClient(SFNClient);
const read = openExecutionHistoryReader();

beforeEach(() => stepFunctions.reset());

/** Events of an execution, the first with this id. */
function someEvents(firstId: number, count: number): HistoryEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: firstId + index,
    timestamp: new Date(NOON),
    type: 'TaskStarted',
  }));
}

describe('the history of a standard execution', () => {
  it('is read with the names of states and errors, and without what went in and out', async () => {
    const timestamp = new Date(NOON);
    stepFunctions.on(GetExecutionHistoryCommand).resolves({
      events: [
        {
          id: 2,
          timestamp,
          type: 'TaskStateEntered',
          stateEnteredEventDetails: { name: 'ReserveStock', input: '{"secret":1}' },
        },
        {
          id: 5,
          timestamp: new Date(NOON + 250),
          type: 'TaskFailed',
          taskFailedEventDetails: { resource: 'invoke', resourceType: 'lambda', error: 'Broken', cause: 'secret' },
        },
        { id: 6, timestamp, type: 'TaskStarted' },
      ],
    });

    expect(await read(ARN)).toEqual([
      { id: 2, type: 'TaskStateEntered', at: NOON, name: 'ReserveStock' },
      { id: 5, type: 'TaskFailed', at: NOON + 250, error: 'Broken' },
      { id: 6, type: 'TaskStarted', at: NOON },
    ]);
    expect(stepFunctions.commandCalls(GetExecutionHistoryCommand)[0]?.args[0].input).toMatchObject({
      executionArn: ARN,
      maxResults: 1000,
    });
  });

  it('is read page by page to its end', async () => {
    stepFunctions
      .on(GetExecutionHistoryCommand)
      .resolves({ events: someEvents(1, 2), nextToken: 'more' })
      .on(GetExecutionHistoryCommand, { nextToken: 'more' })
      .resolves({ events: someEvents(3, 1) });

    expect((await read(ARN)).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('is read up to its 2000th event, however long it is', async () => {
    stepFunctions.on(GetExecutionHistoryCommand).resolves({ events: someEvents(1, 900), nextToken: 'more' });

    expect(await read(ARN)).toHaveLength(2000);
    expect(stepFunctions.commandCalls(GetExecutionHistoryCommand)).toHaveLength(3);
  });

  it('is empty when there is no such execution', async () => {
    const error = new ExecutionDoesNotExist({ $metadata: {}, message: 'Execution Does Not Exist' });
    stepFunctions.on(GetExecutionHistoryCommand).rejects(error);

    expect(await read(ARN)).toEqual([]);
  });

  it('that cannot be read is an error, not an empty history', async () => {
    stepFunctions.on(GetExecutionHistoryCommand).rejects(new Error('throttled'));

    await expect(read(ARN)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
  });
});
