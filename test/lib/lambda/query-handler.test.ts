import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { InvalidRequestError } from '../../../lib/errors/request-errors';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { defineService } from '../../../lib/service/contract';

const clock = defineService({
  name: 'clock',
  version: '1.0.0',
  summary: 'Knows the time.',
  handlers: {
    'tell-time': {
      trigger: {
        kind: 'query',
        input: v.strictObject({ zone: v.string() }),
        output: v.strictObject({ hour: v.number() }),
      },
      timeoutSeconds: 3,
    },
  },
});

describe('a handler of a query', () => {
  let logged: jest.SpyInstance;

  beforeEach(() => {
    logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('answers what the use case answers to the input', async () => {
    const tellTime = queryHandler(clock, 'tell-time', async ({ zone }) => ({ hour: zone.length }));

    await expect(tellTime({ zone: 'UTC' }, {} as Context)).resolves.toEqual({ hour: 3 });
  });

  it('refuses an input that breaks its contract, without the use case', async () => {
    const useCase = jest.fn();

    const answer = queryHandler(clock, 'tell-time', useCase)({ zone: 1 }, {} as Context);

    await expect(answer).rejects.toThrow(InvalidRequestError);
    await expect(answer).rejects.toMatchObject({
      message: 'the input of clock/tell-time is not valid',
      errors: [{ path: 'zone', message: 'must be string, got 1' }],
    });
    expect(useCase).not.toHaveBeenCalled();
  });

  it('throws the error of the use case on and logs it', async () => {
    const error = new Error('stopped');
    const tellTime = queryHandler(clock, 'tell-time', async () => {
      throw error;
    });

    await expect(tellTime({ zone: 'UTC' }, {} as Context)).rejects.toBe(error);
    expect(JSON.parse(logged.mock.calls[0]?.[0])).toMatchObject({
      message: 'query failed',
      operation: 'clock/tell-time',
      error: { message: 'stopped' },
    });
  });
});
