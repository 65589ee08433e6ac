import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { withFallback } from '../../../lib/resilience/fallback';

const fallback = { on: ['CircuitOpenError'], use: (error: Error) => `instead of ${error.name}` };

describe('a fallback', () => {
  it('is not used for an answer', async () => {
    await expect(withFallback(async () => 42, fallback)).resolves.toBe(42);
  });

  it('stands in for an error that it names', async () => {
    const call = async () => Promise.reject(new CircuitOpenError('carrier', 'open'));

    await expect(withFallback(call, fallback)).resolves.toBe('instead of CircuitOpenError');
  });

  it.each([new Error('boom'), 'CircuitOpenError', { name: 'CircuitOpenError' }, undefined])(
    'lets pass %p, which it does not name or which is no error',
    async (thrown) => {
      await expect(withFallback(() => Promise.reject(thrown), fallback)).rejects.toBe(thrown);
    },
  );

  it('takes what is thrown before there is a promise for what is thrown later', async () => {
    const call = (): Promise<never> => {
      throw new CircuitOpenError('carrier', 'open');
    };

    await expect(withFallback(call, fallback)).resolves.toBe('instead of CircuitOpenError');
  });

  it('throws on what making the substitute throws', async () => {
    const broken = { on: ['Error'], use: () => Promise.reject(new Error('the cache is gone')) };

    await expect(withFallback(() => Promise.reject(new Error('boom')), broken)).rejects.toThrow('the cache is gone');
  });
});
