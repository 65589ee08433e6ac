import '../../support/environment';
import { readExecutionLog } from '../../../lib/saga/aws-execution-log';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-place-order';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:express:holdfast-test-place-order:ord_1:';
const NOON = Date.parse('2026-01-01T12:00:00Z');
const log = { stateMachineArn: MACHINE, executionName: 'ord_1' };

/** A document as Step Functions writes it. */
function written(id: number, type: string, details: object, at = NOON, execution = 'one') {
  return JSON.stringify({
    id: String(id),
    type,
    details,
    previous_event_id: String(id - 1),
    event_timestamp: String(at),
    execution_arn: EXECUTION + execution,
    redrive_count: '0',
  });
}

describe('the log of an express execution', () => {
  let aws: FakeAws;
  const holds = (...lines: string[]) =>
    aws.answer((response) => response.end(JSON.stringify({ events: lines.map((message) => ({ message })) })));

  beforeAll(async () => {
    aws = await startFakeAws();
  });
  beforeEach(() => aws.forget());
  afterAll(() => aws.close());

  it('is looked for by name in the log group of its machine, from six minutes before its start to eight after', async () => {
    await readExecutionLog({ ...log, startedAt: NOON });
    await readExecutionLog(log);

    const search = {
      logGroupName: '/aws/vendedlogs/states/holdfast-test-place-order',
      filterPattern: '":express:holdfast-test-place-order:ord_1:"',
    };
    expect(aws.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { ...search, startTime: NOON - 360_000, endTime: NOON + 480_000 },
      search,
    ]);
  });

  it('is read in the order of the events, one list for each execution of the name, each line once', async () => {
    holds(
      written(1, 'ExecutionStarted', {}, NOON + 1, 'two'),
      written(2, 'TaskStateEntered', { name: 'ReserveStock' }),
      written(3, 'TaskFailed', { error: 'Broken', cause: 'why' }, NOON + 5),
      written(1, 'ExecutionStarted', { roleArn: 'role' }),
      written(2, 'TaskStateEntered', { name: 'ReserveStock' }),
    );

    expect(await readExecutionLog(log)).toEqual([
      [
        { id: 1, type: 'ExecutionStarted', at: NOON },
        { id: 2, type: 'TaskStateEntered', at: NOON, name: 'ReserveStock' },
        { id: 3, type: 'TaskFailed', at: NOON + 5, error: 'Broken' },
      ],
      [{ id: 1, type: 'ExecutionStarted', at: NOON + 1 }],
    ]);
  });

  it('is none when nothing was logged', async () => {
    expect(await readExecutionLog(log)).toEqual([]);
  });
});
