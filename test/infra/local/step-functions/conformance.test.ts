import { matchesError } from '../../../../infra/local/step-functions/task-state';
import { answer, failure, MACHINE_ARN, openBench, task } from './bench';

const DG = 'https://docs.aws.amazon.com/step-functions/latest/dg/';
const ERRORS = `${DG}concepts-error-handling.html`;
const QUOTAS = `${DG}service-quotas.html`;
const VARIABLES = `${DG}workflow-variables.html`;
const JSONATA = `${DG}transforming-data.html`;
const LAMBDA = `${DG}connect-lambda.html`;

/** Which `ErrorEquals` takes which error, one row for each rule of the page on error handling. */
describe(`Error names (${ERRORS})`, () => {
  it.each([
    ['States.ALL takes any error of a function', 'Broken', 'States.ALL', true],
    ['States.ALL takes a timeout', 'States.Timeout', 'States.ALL', true],
    ['States.ALL takes a failed expression', 'States.QueryEvaluationError', 'States.ALL', true],
    ['States.ALL takes a service error', 'Lambda.TooManyRequestsException', 'States.ALL', true],
    ['States.ALL does not take the data limit', 'States.DataLimitExceeded', 'States.ALL', false],
    ['States.ALL does not take a runtime error', 'States.Runtime', 'States.ALL', false],
    ['the data limit is taken by its own name', 'States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['a runtime error is taken by nothing', 'States.Runtime', 'States.Runtime', false],
    ['States.TaskFailed takes any error of a function', 'Broken', 'States.TaskFailed', true],
    ['States.TaskFailed takes the time limit of a function', 'Sandbox.Timedout', 'States.TaskFailed', true],
    ['States.TaskFailed does not take a timeout of the state', 'States.Timeout', 'States.TaskFailed', false],
    ['Lambda.Unknown takes only errors without a type', 'Broken', 'Lambda.Unknown', false],
    ['names are case-sensitive', 'Broken', 'broken', false],
  ])('%s', (_, error, name, isTaken) => {
    expect(matchesError([name], error)).toBe(isTaken);
  });
});

/** A value whose JSON has that many bytes. */
const big = (bytes: number) => ({ v: 'x'.repeat(bytes - '{"v":""}'.length) });
const MAX = 262_144;

/** What a state may be given and give, one row for each documented limit or rule. */
describe('A documented rule', () => {
  it.each<[rule: string, page: string, states: Record<string, object>, expected: object]>([
    ['an output may have 262,144 bytes', QUOTAS, { A: pass({ Output: big(MAX) }) }, { status: 'SUCCEEDED' }],
    ['an output may have no more', QUOTAS, { A: pass({ Output: big(MAX + 1) }) }, limit()],
    [
      'arguments may have no more than 262,144 bytes',
      QUOTAS,
      { A: task('f', { Arguments: { FunctionName: 'f', Payload: big(MAX) } }) },
      limit(),
    ],
    ['one Assign may have no more than 256 KiB', VARIABLES, { A: pass({ Assign: { a: big(MAX) } }) }, limit()],
    ['the data limit is not retried by States.ALL', ERRORS, { A: tooLarge({ Retry: [all()] }) }, limit()],
    ['the data limit is not caught by States.ALL', ERRORS, { A: tooLarge({ Catch: [toB()] }), B: pass() }, limit()],
    [
      'a runtime error is not caught',
      ERRORS,
      { A: task('f', { Arguments: { FunctionName: '{% 7 %}' }, Catch: [toB()] }), B: pass() },
      { status: 'FAILED', error: 'States.Runtime' },
    ],
    [
      'no rule of a Choice that holds is an error',
      ERRORS,
      { A: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'B' }] }, B: pass() },
      { status: 'FAILED', error: 'States.NoChoiceMatched' },
    ],
    [
      'an expression that comes to nothing is an error',
      JSONATA,
      { A: pass({ Output: '{% $states.input.missing %}' }) },
      { status: 'FAILED', error: 'States.QueryEvaluationError' },
    ],
    [
      'Assign and Output see the variables as they were on entering',
      VARIABLES,
      { A: pass({ Assign: { x: 1 }, Next: 'B' }), B: pass({ Assign: { x: 2 }, Output: '{% $x %}' }) },
      { status: 'SUCCEEDED', output: 1 },
    ],
    [
      'the result of lambda:invoke has Payload, StatusCode and ExecutedVersion',
      LAMBDA,
      { A: task('f') },
      { output: { Payload: null, StatusCode: 200, ExecutedVersion: '$LATEST' } },
    ],
    [
      'a state is given a result with its Output in place',
      JSONATA,
      { A: task('f', { Output: '{% $states.result.StatusCode %}' }) },
      { output: 200 },
    ],
  ])('%s (%s)', async (_, _page, states, expected) => {
    const bench = await openBench(states, { fake: () => answer(null) });

    expect(await bench.run({}, 60_000)).toMatchObject(expected);
  });

  it.each([
    [40, { status: 'SUCCEEDED' }],
    [41, limit()],
  ])(`%i variables of 256 KiB, where an execution may have 10 MiB in all (${VARIABLES})`, async (count, expected) => {
    const states = Array.from({ length: count }, (_, at) => {
      const next = at === count - 1 ? {} : { Next: `A${at + 1}` };
      return [`A${at}`, pass({ Assign: { [`v${at}`]: '{% $states.input %}' }, ...next })] as const;
    });
    const bench = await openBench(Object.fromEntries(states), { type: 'EXPRESS' });
    const input = JSON.stringify(big(MAX - 12));

    const ended = await bench.room.handle('StartSyncExecution', { stateMachineArn: MACHINE_ARN, input });

    expect(ended).toMatchObject(expected);
  });

  it(`a function's time limit is the error Sandbox.Timedout (${LAMBDA})`, async () => {
    const bench = await openBench({ A: task('f') }, { fake: () => failure('Sandbox.Timedout') });

    expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'Sandbox.Timedout' });
  });

  it(`a Standard history ends with its 25,000th event (${QUOTAS})`, async () => {
    const round = { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'B' }], Default: 'A' };
    const bench = await openBench({ A: round, B: pass() });
    const executionArn = await bench.start();
    const cause = 'The execution reached the maximum number of history events (25000).';

    const body = { executionArn, reverseOrder: true, maxResults: 2 };
    const { events } = await bench.room.handle('GetExecutionHistory', body);

    expect(events).toMatchObject([
      { id: 25_000, previousEventId: 24_999, executionFailedEventDetails: { error: 'States.Runtime', cause } },
      { id: 24_999, previousEventId: 24_998, type: 'ChoiceStateExited' },
    ]);
  });
});

function pass(fields: object = {}): object {
  return { Type: 'Pass', ...('Next' in fields ? {} : { End: true }), ...fields };
}

function tooLarge(fields: object): object {
  return task('f', { Output: big(MAX + 1), ...fields });
}

function all(): object {
  return { ErrorEquals: ['States.ALL'] };
}

function toB(): object {
  return { ErrorEquals: ['States.ALL'], Next: 'B' };
}

function limit(): object {
  return { status: 'FAILED', error: 'States.DataLimitExceeded' };
}
