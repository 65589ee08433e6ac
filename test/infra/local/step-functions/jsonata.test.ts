import { checkExpressions, createEvaluate, type Scope } from '../../../../infra/local/step-functions/jsonata';
import { manualClock } from '../../../support/manual-clock';

const clock = manualClock(Date.UTC(2030, 0, 2));
const evaluate = createEvaluate({ clock, random: () => 0.25 });
const scope: Scope = {
  stateName: 'A',
  enteredEventId: 2,
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
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([], 2)', []],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(5, 1, -2)', [5, 3, 1]],
    ['$range(5, 1, 1)', []],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$random()', 0.25],
    ['$random(7) = $random(7) and $random(7) != $random(8)', true],
    ['$uuid()', '40404040-4040-4040-8040-404040404040'],
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
    ['$hash("a", "CRC")', 'algorithm must be one of MD5'],
    ['$partition([1], 0)', 'chunk size must be at least 1, got 0'],
    ['$range(1, 5000, 1)', 'at most 1000 values'],
    ['$range(1, 5, 0)', 'increment must be a number other than 0'],
    ['"a" + 1', 'T2001'],
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

  it.each(['$eval("1")', '[1].($f := $eval; $f("1"))'])('refuses $eval in %s', (expression) => {
    expect(() => checkExpressions({ Output: `{% ${expression} %}` })).toThrow('$eval is not available');
  });

  it('takes the word eval where it is none', () => {
    expect(() => checkExpressions({ Output: '{% $states.input.eval & "$eval" %}' })).not.toThrow();
  });
});
