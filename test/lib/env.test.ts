import { environmentWith, findEnv, requireEnv } from '../../lib/env';

const NAME = 'HOLDFAST_TEST_VARIABLE';

afterEach(() => {
  delete process.env[NAME];
});

describe('an environment variable', () => {
  it('is read where it is set', () => {
    process.env[NAME] = 'value';

    expect([requireEnv(NAME), findEnv(NAME)]).toEqual(['value', 'value']);
  });

  it('that is required and not set, or empty, is named by the error', () => {
    expect(() => requireEnv(NAME)).toThrow(`the environment variable ${NAME} is not set`);
    process.env[NAME] = '';
    expect(() => requireEnv(NAME)).toThrow(`the environment variable ${NAME} is not set`);
  });

  it('that may be absent is undefined', () => {
    expect(findEnv(NAME)).toBeUndefined();
  });

  it('is set for a program to be started without being set here', () => {
    expect(environmentWith({ [NAME]: 'value' })).toEqual({ ...process.env, [NAME]: 'value' });
    expect(findEnv(NAME)).toBeUndefined();
  });
});
