import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinition } from '../../../../infra/local/step-functions/definition';
import { type TestStateAnswer, type TestStateRequest, testState } from './test-state';

interface GoldenCase {
  name: string;
  request: TestStateRequest;
  /** What the answer has besides other members; `cause` is a part of the whole text. */
  expect: TestStateAnswer;
}

/**
 * Cases that AWS itself can be asked to confirm. With an account and a role, each is replayed by `TestState`, which takes
 * what is JSON here as text:
 *
 *     jq -c '.[].request | with_entries(.value |= if type == "object" and (has("errorOutput") or has("result") or
 *       has("retrierRetryCount")) then (if has("result") then .result |= tojson else . end) else tojson end)' states.json |
 *     while read -r request; do
 *       aws stepfunctions test-state --inspection-level DEBUG --role-arn "$ROLE" --cli-input-json "$request"
 *     done
 *
 * `errorDetails` and `variables` stand in the answer's `inspectionData`.
 */
const CASES = JSON.parse(readFileSync(join(__dirname, 'golden', 'states.json'), 'utf8')) as GoldenCase[];

describe('A state', () => {
  it.each(CASES.map((golden) => [golden.name, golden] as const))('%s', async (_, { request, expect: expected }) => {
    const { cause, ...rest } = expected;

    const answer = await testState(request);

    expect(answer).toMatchObject(rest);
    if (cause !== undefined) expect(answer.cause).toContain(cause);
    if (expected.nextState === undefined) expect(answer).not.toHaveProperty('nextState');
    if (expected.error === undefined) expect(answer).not.toHaveProperty('error');
  });
});

describe('The golden cases', () => {
  it('are many, and cover every kind of state and every status', () => {
    const kinds = new Set(CASES.map(({ request }) => request.definition.Type));
    const statuses = new Set(CASES.map((golden) => golden.expect.status));

    expect(CASES.length).toBeGreaterThanOrEqual(30);
    expect([...kinds].sort()).toEqual(['Choice', 'Fail', 'Pass', 'Succeed', 'Task', 'Wait']);
    expect([...statuses].sort()).toEqual(['CAUGHT_ERROR', 'FAILED', 'RETRIABLE', 'SUCCEEDED']);
  });

  it('have definitions that would be accepted in a state machine', () => {
    const states = CASES.map(({ request }, index) => [`Case${index}`, request.definition]);
    const targets = [...JSON.stringify(states).matchAll(/"(?:Next|Default)":"(\w+)"/g)];
    const ends = targets.map(([, name]) => [name, { Type: 'Succeed' }]);
    const Choices = states.map(([Next]) => ({ Condition: '{% true %}', Next }));
    const States = { Start: { Type: 'Choice', Choices }, ...Object.fromEntries([...states, ...ends]) };

    const text = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Start', States });

    expect(() => parseDefinition('golden', text)).not.toThrow();
  });
});
