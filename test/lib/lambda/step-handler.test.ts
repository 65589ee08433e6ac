import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { AppError } from '../../../lib/errors/app-error';
import { DeadlineExceededError, InvalidCommandError, RetryLaterError } from '../../../lib/errors/saga-errors';
import { stepHandler } from '../../../lib/lambda/step-handler';
import { defineService } from '../../../lib/service/contract';
import { aCommand, clock, ORDER_ID } from '../../support/a-command';

const bank = defineService({
  name: 'bank',
  version: '1.0.0',
  summary: 'Pays.',
  handlers: {
    pay: {
      trigger: {
        kind: 'step',
        name: 'Pay',
        command: v.strictObject({ orderId: v.string(), amountCents: v.number() }),
        result: v.strictObject({ receipt: v.string() }),
      },
      timeoutSeconds: 10,
    },
  },
});

class BankShutError extends AppError {
  override readonly name = 'BankShutError';
}

const COMMAND = aCommand('Pay', { orderId: ORDER_ID, amountCents: 5 });

type UseCase = Parameters<typeof stepHandler<typeof bank, 'pay'>>[2];
const useCase = jest.fn<ReturnType<UseCase>, Parameters<UseCase>>();
const pay = (event: unknown) => stepHandler(bank, 'pay', useCase, clock)(event, {} as Context);

describe('a handler of a step', () => {
  let informed: jest.SpyInstance;
  let warned: jest.SpyInstance;

  beforeEach(() => {
    useCase.mockReset().mockResolvedValue({ receipt: 'r-1' });
    informed = jest.spyOn(console, 'info').mockImplementation(() => undefined);
    warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('answers what the use case answers to the command, and logs that it is done', async () => {
    await expect(pay(COMMAND)).resolves.toEqual({ receipt: 'r-1' });

    expect(useCase.mock.calls).toEqual([[COMMAND]]);
    expect(JSON.parse(informed.mock.calls[0]?.[0])).toMatchObject({ sagaId: ORDER_ID, step: 'Pay' });
  });

  it.each([
    ['a millisecond before', '2026-01-01T00:00:00.001Z'],
    ['at', '2026-01-01T00:00:00.000Z'],
  ])('carries a command out %s its deadline', async (_, notAfter) => {
    await expect(pay({ ...COMMAND, notAfter })).resolves.toEqual({ receipt: 'r-1' });
  });

  it('refuses a command past its deadline, without the use case', async () => {
    const answer = pay({ ...COMMAND, notAfter: '2025-12-31T23:59:59.999Z' });

    await expect(answer).rejects.toThrow(DeadlineExceededError);
    await expect(answer).rejects.toThrow(
      'Pay must be carried out by 2025-12-31T23:59:59.999Z, it is 2026-01-01T00:00:00.000Z',
    );
    expect(useCase).not.toHaveBeenCalled();
  });

  it.each<[title: string, event: unknown, detail: string]>([
    ['null', null, 'arguments must be Object, got null'],
    ['without saga', { ...COMMAND, sagaId: undefined }, 'sagaId is required'],
    ['without key', { ...COMMAND, idempotencyKey: '' }, 'idempotencyKey must be of length >=1, got 0'],
    ['without arguments', { ...COMMAND, arguments: undefined }, 'arguments is required'],
    ['with a deadline that is no instant', { ...COMMAND, notAfter: 'soon' }, 'notAfter Invalid timestamp'],
    ['with a wait that is no whole number', { ...COMMAND, waitLeftMs: 0.5 }, 'waitLeftMs must be'],
    ['with a wait below nothing', { ...COMMAND, waitLeftMs: -1 }, 'waitLeftMs must be'],
    ['with something more', { ...COMMAND, more: 1 }, 'more is not known here'],
    ['with an unknown argument', aCommand('Pay', { orderId: 'o', amountCents: 5, x: 1 }), 'x is not known here'],
    [
      'with two wrong arguments',
      { ...COMMAND, arguments: { orderId: 1, amountCents: 'x' } },
      'orderId must be string, got 1; amountCents must be number, got "x"',
    ],
  ])('refuses a command %s, by an error that is never repeated', async (_, event, detail) => {
    const answer = pay(event);

    await expect(answer).rejects.toThrow(InvalidCommandError);
    await expect(answer).rejects.toThrow(detail);
    expect(useCase).not.toHaveBeenCalled();
  });

  it('refuses a deadline whose time zone cannot be told, rather than taking it as endless', async () => {
    await expect(pay({ ...COMMAND, notAfter: '2020-01-01T00:00:00+01' })).rejects.toThrow();
    expect(useCase).not.toHaveBeenCalled();
  });

  it('throws the error of the use case on as it is, for the state machine to tell by its name', async () => {
    const error = Object.assign(new Error('no'), { name: 'PaymentDeclinedError' });
    useCase.mockRejectedValue(error);

    await expect(pay(COMMAND)).rejects.toBe(error);
    expect(JSON.parse(warned.mock.calls[0]?.[0])).toMatchObject({
      message: 'step failed',
      sagaId: ORDER_ID,
      step: 'Pay',
      error: { name: 'PaymentDeclinedError' },
    });
    expect(informed).not.toHaveBeenCalled();
  });

  it('takes a command that does not say what its repeats wait as one that has none', async () => {
    const { waitLeftMs, ...command } = COMMAND;

    await expect(pay(command)).resolves.toEqual({ receipt: 'r-1' });

    expect(useCase.mock.calls).toEqual([[{ ...command, waitLeftMs: 0 }]]);
  });

  it.each([
    ['before its repeats are over', 2999, 3000],
    ['just when they are over', 3000, 3000],
    ['at once', 0, 1],
  ])('asks for a repeat of a step whose circuit may let it through %s', async (_, retryAfterMs, waitLeftMs) => {
    const error = new CircuitOpenError('bank-teller', 'open', retryAfterMs);
    useCase.mockRejectedValue(error);

    const answer = pay({ ...COMMAND, waitLeftMs });

    await expect(answer).rejects.toThrow(RetryLaterError);
    await expect(answer).rejects.toMatchObject({ name: 'RetryLaterError', cause: error });
  });

  it.each([
    ['after its repeats are over', 3001, 3000],
    ['at a time that nobody knows', undefined, 3000],
    ['soon, and there is no repeat left', 10, 0],
    ['at once, and there is no repeat left', 0, 0],
  ])('gives a step up whose circuit may let it through %s', async (_, retryAfterMs, waitLeftMs) => {
    const error = new CircuitOpenError('bank-teller', 'open', retryAfterMs);
    useCase.mockRejectedValue(error);

    await expect(pay({ ...COMMAND, waitLeftMs })).rejects.toBe(error);
  });

  it('has other errors that say when to retry decided on by the state machine alone', async () => {
    const error = new BankShutError('shut', { code: 'SHUT', status: 503, retryable: true, retryAfterSeconds: 1 });
    useCase.mockRejectedValue(error);

    await expect(pay({ ...COMMAND, waitLeftMs: 3000 })).rejects.toBe(error);
  });

  it('hands on no result that is too large to be a reference', async () => {
    useCase.mockResolvedValue({ receipt: 'x'.repeat(8 * 1024) });

    await expect(pay(COMMAND)).rejects.toThrow('the result of Pay must have at most 8192 bytes, got 8206');
  });
});
