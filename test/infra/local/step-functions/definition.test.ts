import { parseDefinition } from '../../../../infra/local/step-functions/definition';
import { task } from './bench';

describe('parseDefinition', () => {
  it('takes a definition that uses every supported field', () => {
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 0 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 1.5, MaxDelaySeconds: 9, JitterStrategy: 'FULL' },
    ];
    const Catch = [
      { ErrorEquals: ['States.ALL'], Next: 'Fail', Assign: { e: '{% $states.errorOutput %}' }, Output: {} },
    ];
    const states = {
      Call: task('f', { TimeoutSeconds: '{% 5 %}', Retry, Catch, Assign: { r: 1 }, Output: '{% 1 %}', Next: 'Choose' }),
      Choose: {
        Type: 'Choice',
        Choices: [{ Condition: '{% true %}', Next: 'Wait', Assign: { z: 1 } }],
        Default: 'Pass',
      },
      Wait: { Type: 'Wait', Seconds: '{% 1 %}', Next: 'Pass' },
      Pass: { Type: 'Pass', Comment: 'why', Output: { list: [1] }, Next: 'Done' },
      Done: { Type: 'Succeed', Output: '{% 1 %}' },
      Fail: { Type: 'Fail', Error: '{% $e.Error %}', Cause: 'x' },
    };

    expect(parse(states, { TimeoutSeconds: 60, Comment: 'c' }).StartAt).toBe('Call');
  });

  it('takes the query language from each state', () => {
    const states = { Done: { Type: 'Succeed', QueryLanguage: 'JSONata' } };

    expect(() => parse(states, { QueryLanguage: undefined })).not.toThrow();
  });

  it('takes the Lambda integration of any partition', () => {
    const states = { Call: task('f', { Resource: 'arn:aws-cn:states:::lambda:invoke' }) };

    expect(() => parse(states)).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, object, string | RegExp]>([
    [
      'JSONPath by default',
      { A: { Type: 'Succeed' } },
      { QueryLanguage: undefined },
      'query language JSONPath is not supported',
    ],
    [
      'a JSONPath state',
      { A: { Type: 'Succeed', QueryLanguage: 'JSONPath' } },
      {},
      'query language JSONPath is not supported',
    ],
    ['Parallel', { A: { Type: 'Parallel', Branches: [], End: true } }, {}, 'state "A": type Parallel is not supported'],
    ['Map', { A: { Type: 'Map', End: true } }, {}, 'state "A": type Map is not supported'],
    [
      'another integration',
      { A: task('f', { Resource: 'arn:aws:states:::sqs:sendMessage' }) },
      {},
      'resource arn:aws:states:::sqs:sendMessage is not supported',
    ],
    [
      'a task token',
      { A: task('f', { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }) },
      {},
      'waitForTaskToken is not supported',
    ],
    [
      'a function as resource',
      { A: task('f', { Resource: 'arn:aws:lambda:eu-central-1:111111111111:function:f' }) },
      {},
      'is not supported; supported is arn:aws:states:::lambda:invoke',
    ],
    [
      'a heartbeat',
      { A: task('f', { HeartbeatSeconds: 5 }) },
      {},
      'Task state field HeartbeatSeconds is not supported',
    ],
    ['a JSONPath field', { A: { Type: 'Pass', Result: 1, End: true } }, {}, 'Pass state field Result is not supported'],
    [
      'a further argument',
      { A: task('f', { Arguments: { FunctionName: 'f', InvocationType: 'Event' } }) },
      {},
      'argument field InvocationType is not supported',
    ],
    [
      'arguments without a function',
      { A: task('f', { Arguments: { Payload: 1 } }) },
      {},
      'Arguments must be an object with FunctionName',
    ],
    ['an unknown top-level field', { A: { Type: 'Succeed' } }, { Extra: 1 }, 'top-level field Extra is not supported'],
    ['a syntax error', { A: task('f', { Output: '{% 1 + %}' }) }, {}, "Output: the JSONata expression '1 +' is wrong"],
    ['$eval', { A: task('f', { Output: '{% $eval("1") %}' }) }, {}, '$eval is not available'],
    ['$hash', { A: task('f', { Output: '{% $hash("a", "MD5") %}' }) }, {}, '$hash is not available'],
    [
      'States.ALL among others',
      { A: task('f', { Retry: [{ ErrorEquals: ['States.ALL', 'B'] }] }) },
      {},
      'Retry[0]: States.ALL must stand alone',
    ],
    [
      'States.ALL before others',
      { A: task('f', { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['B'] }] }) },
      {},
      'Retry[0]: States.ALL must stand alone, and in the last entry',
    ],
    ['the reserved variable', { A: { Type: 'Pass', Assign: { states: 1 }, End: true } }, {}, '"states" is reserved'],
    [
      'a JSONPath choice',
      { A: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'A' }] } },
      {},
      'Choices[0] field Variable is not supported',
    ],
    [
      'a JSONPath catcher',
      { A: task('f', { Catch: [{ ErrorEquals: ['E'], ResultPath: '$.e', Next: 'B' }] }), B: { Type: 'Succeed' } },
      {},
      'Catch[0] field ResultPath is not supported',
    ],
    ['a missing target', { A: task('f', { Next: 'Nowhere' }) }, {}, /MISSING_TRANSITION_TARGET.*Nowhere/],
    ['an unreachable state', { A: { Type: 'Succeed' }, B: { Type: 'Succeed' } }, {}, 'State B is not reachable'],
    [
      'a wrong retrier',
      { A: task('f', { Retry: [{ ErrorEquals: ['B'], MaxAttempts: -1 }] }) },
      {},
      'MaxAttempts is invalid',
    ],
    ['a state that is no object', { A: null }, {}, 'state "A": must be an object'],
  ])('refuses %s with the reason', (_, states, topLevel, reason) => {
    expect(() => parse(states, topLevel)).toThrow(reason);
  });

  it('refuses what is no JSON object, with the name of the machine', () => {
    expect(() => parseDefinition('m', '{')).toThrow(/^State machine "m": /);
    expect(() => parseDefinition('m', 'null')).toThrow('State machine "m": the definition must be a JSON object');
  });
});

function parse(states: object, topLevel: object = {}) {
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...topLevel };
  return parseDefinition('m', JSON.stringify(definition));
}
