import { shrink } from './shrink';

const numbers = Array.from({ length: 40 }, (_, index) => index);
const shrinkTo = async (needed: readonly number[], left = 500) => {
  const reruns = { left };
  const fails = async (part: readonly number[]) => needed.every((number) => part.includes(number));
  return { smallest: await shrink(numbers, fails, reruns), made: left - reruns.left };
};

describe('shrinking', () => {
  it.each([[[7]], [[0, 39]], [[3, 4, 5]], [[1, 13, 26, 38]], [numbers]])(
    'leaves of forty members what is needed: %j',
    async (needed) => {
      expect((await shrinkTo(needed)).smallest).toEqual(needed);
    },
  );

  it('answers nothing when it fails without any', async () => {
    expect(await shrinkTo([])).toEqual({ smallest: [], made: 1 });
  });

  it('finds one member of many in few reruns', async () => {
    expect((await shrinkTo([7])).made).toBeLessThan(20);
  });

  it('answers the smallest so far, which fails, when its reruns are used up', async () => {
    const { smallest, made } = await shrinkTo([1, 13, 26, 38], 10);

    expect(made).toBe(10);
    expect(smallest).toEqual(expect.arrayContaining([1, 13, 26, 38]));
    expect(smallest.length).toBeLessThan(numbers.length);
  });
});
