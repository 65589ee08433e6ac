import { checkExpressions, createEvaluate, type Scope } from '../../../../infra/local/step-functions/jsonata';
import { manualClock } from '../../../support/manual-clock';

const clock = manualClock(Date.UTC(2030, 0, 2));
const evaluate = createEvaluate(clock);
const scope: Scope = {
  variables: { list: [3, 1, 2], name: 'n' },
  states: { input: { items: [{ n: 1 }, { n: 2 }] }, context: { Execution: { Name: 'x' } } },
};
const value = (expression: string) => evaluate(`{% ${expression} %}`, 'Output', scope);

describe('An expression', () => {
  it('is found at any depth, and what is none stays as it is', async () => {
    const template = { a: ['{% $name %}', '$name', { b: '{%$list[0]%}' }], c: 1, d: null, e: '{% "{% %}" %}' };

    expect(await evaluate(template, 'Output', scope)).toEqual({
      a: ['n', '$name', { b: 3 }],
      c: 1,
      d: null,
      e: '{% %}',
    });
  });

  it('gives plain JSON without the hidden properties of JSONata sequences', async () => {
    const numbers = (await value('$states.input.items.n')) as object;

    expect(Object.getOwnPropertyNames(numbers)).toEqual(['0', '1', 'length']);
  });

  it.each([
    ['$random() < 1', true],
    ['$contains($uuid(), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)', true],
    ['$parse("{\\"a\\":[1]}")', { a: [1] }],
    ['$millis()', Date.UTC(2030, 0, 2)],
    ['$now()', '2030-01-02T00:00:00.000Z'],
    ['$now("[Y]-[M]", "+0100")', '2030-1'],
    ['$list ~> $sort() ~> $map($string) ~> $join("")', '123'],
  ])('%s gives %j', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  it.each([
    ['$missing', 'returned nothing (undefined)'],
    ['function($x){$x}', 'returned an unsupported result type'],
    ['$parse("{")', 'threw an error during evaluation'],
    ['$nothing(1)', 'T1006: Attempted to invoke a non-function'],
    ['"a" + 1', 'T2001'],
    ['$random(7)', 'T0410'],
  ])('that cannot be evaluated names the field: %s', async (expression, what) => {
    const evaluated = evaluate({ a: [`{% ${expression} %}`] }, 'Output', scope);

    await expect(evaluated).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output/a[0]',
      cause: expect.stringContaining(what),
    });
  });
});

describe('checkExpressions', () => {
  it('refuses a syntax error with its field', () => {
    expect(() => checkExpressions({ Output: { a: '{% $( %}' } })).toThrow(/^Output\/a: the JSONata expression '\$\('/);
  });

  it.each([
    ['$eval("1")', '$eval'],
    ['[1].($f := $eval; $f("1"))', '$eval'],
    ['$partition([1, 2], 1)', '$partition'],
    ['$range(1, 3, 1)', '$range'],
    ['$hash("a", "MD5")', '$hash'],
  ])('refuses in %s the function %s', (expression, name) => {
    expect(() => checkExpressions({ Output: `{% ${expression} %}` })).toThrow(`${name} is not available`);
  });

  it('takes the word eval where it is none', () => {
    expect(() => checkExpressions({ Output: '{% $states.input.eval & "$eval" %}' })).not.toThrow();
  });
});
