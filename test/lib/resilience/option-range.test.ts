import { checkRange, PolicyOptionsError } from '../../../lib/resilience/option-range';

describe('the range of an option', () => {
  it.each([1, 2.5, 10])('lets %s through, from 1 to 10', (value) => {
    expect(checkRange('timeoutMs', value, { from: 1, to: 10 })).toBe(value);
  });

  it.each([0, 10.1, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined])(
    'refuses %p by naming all there is to know',
    (value) => {
      const check = () => checkRange('timeoutMs', value as number, { from: 1, to: 10 });

      expect(check).toThrow(PolicyOptionsError);
      expect(check).toThrow(`timeoutMs must be a number from 1 to 10, got ${value}`);
    },
  );

  it('refuses a fraction where a whole number is needed', () => {
    const check = () => checkRange('maxAttempts', 2.5, { from: 1, to: 10, isWhole: true });

    expect(check).toThrow('maxAttempts must be an integer from 1 to 10, got 2.5');
  });
});
