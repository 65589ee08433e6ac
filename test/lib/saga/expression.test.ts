import jsonata from 'jsonata';
import { expression, toJsonata } from '../../../lib/saga/expression';

interface Input {
  readonly shipTo: { readonly city: string; readonly 'postal-code': string };
  readonly lines: ReadonlyArray<{ readonly sku: string }>;
}

const input = expression<Input>('$states.context.Execution.Input');

describe('an expression', () => {
  it('is written as the path on which its members are reached', () => {
    expect(toJsonata({ whole: input, city: input.shipTo.city })).toEqual({
      whole: '{% $states.context.Execution.Input %}',
      city: '{% $states.context.Execution.Input.shipTo.city %}',
    });
  });

  it('quotes members whose names are no JSONata names', async () => {
    const written = String(toJsonata(input.shipTo['postal-code']));

    const states = { context: { Execution: { Input: { shipTo: { 'postal-code': '10115' } } } } };
    const value = await jsonata(written.replace(/^\{%|%\}$/g, '')).evaluate({}, { states });

    expect(written).toBe('{% $states.context.Execution.Input.shipTo.`postal-code` %}');
    expect(value).toBe('10115');
  });

  it('can be tested and printed without becoming a path', () => {
    const symbols = input as unknown as Record<symbol, unknown>;

    expect(symbols[Symbol.toPrimitive]).toBeUndefined();
    expect(symbols[Symbol.iterator]).toBeUndefined();
  });
});

describe('a template', () => {
  it('keeps what is no expression, at every depth', () => {
    const template = { text: 'a', count: 1, is: true, none: null, list: [input.lines, 'b', [input.shipTo.city]] };

    expect(toJsonata(template)).toEqual({
      text: 'a',
      count: 1,
      is: true,
      none: null,
      list: ['{% $states.context.Execution.Input.lines %}', 'b', ['{% $states.context.Execution.Input.shipTo.city %}']],
    });
  });
});
