import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { openStepFunctions } from '../../../infra/local/step-functions/step-functions';
import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { stepHandler } from '../../../lib/lambda/step-handler';
import { PARTY_UNDO_RETRY, STEP_RETRY, UNDO_RETRY } from '../../../lib/saga/retry-policy';
import { saga } from '../../../lib/saga/saga';
import { step } from '../../../lib/saga/step-ref';
import { toAsl } from '../../../lib/saga/to-asl';
import { defineService } from '../../../lib/service/contract';
import { type ManualClock, manualClock } from '../../support/manual-clock';
import { memoryStore } from '../../support/memory-store';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const Command = v.strictObject({ id: v.string() });
const stepOf = <const Name extends string, Result extends v.ObjectSchema<v.ObjectEntries, undefined>>(
  name: Name,
  result: Result,
) => ({ trigger: { kind: 'step' as const, name, command: Command, result }, timeoutSeconds: 20 });
const Nothing = v.object({});

const bank = defineService({
  name: 'bank',
  version: '1.0.0',
  summary: 'Moves money through a teller outside.',
  handlers: {
    pay: stepOf('Pay', Nothing),
    'pay-back': stepOf('PayBack', Nothing),
    decide: stepOf('Decide', Nothing),
    settle: stepOf('Settle', v.object({ outcome: v.picklist(['happened', 'abandoned']) })),
    thank: stepOf('Thank', Nothing),
    report: stepOf('Report', Nothing),
    'call-for-help': stepOf('CallForHelp', Nothing),
  },
});
type Handler = keyof (typeof bank)['handlers'];

const transfer = saga<{ id: string }, 'SICK'>('transfer', 'id')
  .compensatable({
    step: step(bank, 'pay'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ id: input.id }),
    undo: { step: step(bank, 'pay-back'), retry: PARTY_UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
    unavailable: 'SICK',
  })
  .pivot({
    step: step(bank, 'decide'),
    retry: STEP_RETRY,
    arguments: ({ input }) => ({ id: input.id }),
    abandon: { step: step(bank, 'settle'), retry: UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
    unavailable: 'SICK',
  })
  .retryable({
    step: step(bank, 'thank'),
    retry: PARTY_UNDO_RETRY,
    arguments: ({ input }) => ({ id: input.id }),
    unavailable: 'SICK',
  })
  .ending({
    whenUndone: { step: step(bank, 'report'), retry: UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
    whenParked: { step: step(bank, 'call-for-help'), retry: UNDO_RETRY, arguments: ({ input }) => ({ id: input.id }) },
  });

/** What becomes of an attempt: the use case answers, throws, or is refused by the circuit, which may let calls through so much later. */
type Attempt = 'ok' | Error | { readonly openForMs: number | undefined };
/** Of the n-th attempt of a handler, from 0, so many milliseconds after the start. */
type Plan = (handler: Handler, nth: number, afterMs: number) => Attempt;

interface Call {
  readonly name: Handler;
  readonly atMs: number;
  readonly waitLeftMs: unknown;
  readonly error: string | undefined;
}

/** How long each attempt takes, and which part of its longest time each wait: none and half of it, unless told. */
interface Pace {
  readonly attemptMs?: number;
  readonly wait?: number;
}

/** Runs the text of the saga with the real step handlers. */
async function run(plan: Plan, { attemptMs = 0, wait = 0.5 }: Pace = {}) {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const startedAt = clock.now();
  const calls: Call[] = [];
  const invokeLambda = async ({ functionNameOrArn, payload }: { functionNameOrArn: string; payload: string }) => {
    const name = (functionNameOrArn.split(':').at(-1) ?? '') as Handler;
    const nth = calls.filter((call) => call.name === name).length;
    const atMs = clock.now() - startedAt;
    const { waitLeftMs } = JSON.parse(payload);
    const outcome = await runHandler(name, plan(name, nth, atMs), payload, clock);
    if (attemptMs > 0) await new Promise<void>((resolve) => clock.after(attemptMs, resolve));
    calls.push({ name, atMs, waitLeftMs, error: 'error' in outcome ? outcome.error : undefined });
    if ('result' in outcome) return { payload: JSON.stringify(outcome.result) };
    return { payload: JSON.stringify({ errorType: outcome.error, errorMessage: '' }), functionError: 'Unhandled' };
  };
  const place = { region: 'us-east-1', accountId: '000000000000' };
  const room = await openStepFunctions({ store: memoryStore(), clock, random: () => wait, invokeLambda, ...place });
  const definition = JSON.stringify(toAsl(transfer)).replace(/\$\{Bank(\w+)\}/g, (_, name: string) => {
    return `arn:aws:lambda:us-east-1:000000000000:function:${name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
  });
  const name = transfer.name;
  room.createStateMachine({ name, definition, type: 'STANDARD', roleArn: 'arn:aws:iam::0:role/saga' });
  const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const { executionArn } = await room.handle('StartExecution', { stateMachineArn, name: 't1', input: '{"id":"t1"}' });
  let status = 'RUNNING';
  for (let minutes = 0; status === 'RUNNING' && minutes < 120; minutes += 1) {
    await clock.advance(MINUTE_MS);
    status = String((await room.handle('DescribeExecution', { executionArn })).status);
  }
  await room.close();
  return { status, calls, endedAtMs: calls.at(-1)?.atMs ?? 0 };
}

async function runHandler(
  name: Handler,
  attempt: Attempt,
  payload: string,
  clock: ManualClock,
): Promise<{ result: unknown } | { error: string }> {
  const useCase = async () => {
    if (attempt instanceof Error) throw attempt;
    if (attempt !== 'ok') throw new CircuitOpenError('bank-teller', 'open', attempt.openForMs);
    return name === 'settle' ? { outcome: 'abandoned' as const } : {};
  };
  const handler = stepHandler(bank, name, useCase as never, clock);
  return handler(JSON.parse(payload), {} as Context).then(
    (result: unknown) => ({ result }),
    (error: Error) => ({ error: error.name }),
  );
}

const sick = Object.assign(new Error('sick'), { name: 'TellerUnavailableError' });
const callsOf = (calls: readonly Call[], name: Handler) => calls.filter((call) => call.name === name);
const errorsOf = (calls: readonly Call[], name: Handler) => callsOf(calls, name).map(({ error }) => error);
const namesOf = (calls: readonly Call[]) => [...new Set(calls.map(({ name }) => name))];
const COMPENSATED = ['pay', 'settle', 'pay-back', 'report'];

describe('a saga whose circuit is open', () => {
  beforeEach(() => {
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  it('repeats a step that may be let through before its repeats are over', async () => {
    const { status, calls } = await run((name, _, atMs) =>
      name === 'pay' && atMs < 1_400 ? { openForMs: 1_400 - atMs } : 'ok',
    );

    expect(status).toBe('SUCCEEDED');
    expect(callsOf(calls, 'pay')).toEqual([
      { name: 'pay', atMs: 0, waitLeftMs: 3500, error: 'RetryLaterError' },
      { name: 'pay', atMs: 500, waitLeftMs: 3000, error: 'RetryLaterError' },
      { name: 'pay', atMs: 1500, waitLeftMs: 2000, error: undefined },
    ]);
    expect(namesOf(calls)).toEqual(['pay', 'decide', 'thank']);
  });

  it.each([
    ['is open for longer than all its repeats wait', 3_501],
    ['is open for a time that nobody knows', undefined],
  ])('gives a step up at the first attempt when the circuit %s, and undoes everything', async (_, openForMs) => {
    const { calls, endedAtMs } = await run((name) => (name === 'pay' ? { openForMs } : 'ok'));

    expect(errorsOf(calls, 'pay')).toEqual(['CircuitOpenError']);
    expect(namesOf(calls)).toEqual(COMPENSATED);
    expect(endedAtMs).toBe(0);
  });

  it('gives a step up as soon as the repeats that are left would be too early', async () => {
    const { calls } = await run((name) => (name === 'pay' ? { openForMs: 2_500 } : 'ok'));

    expect(errorsOf(calls, 'pay')).toEqual(['RetryLaterError', 'RetryLaterError', 'CircuitOpenError']);
    expect(namesOf(calls)).toEqual(COMPENSATED);
  });

  it('gives a step up at its last attempt, however soon the circuit may let it through', async () => {
    const { calls } = await run((name) => (name === 'pay' ? { openForMs: 0 } : 'ok'));

    expect(errorsOf(calls, 'pay')).toEqual([
      ...['RetryLaterError', 'RetryLaterError', 'RetryLaterError'],
      'CircuitOpenError',
    ]);
    expect(namesOf(calls)).toEqual(COMPENSATED);
  });

  it('counts failures and refusals of a step together', async () => {
    const { calls } = await run((name, nth) => (name === 'pay' ? (nth < 2 ? sick : { openForMs: 2_001 }) : 'ok'));

    expect(errorsOf(calls, 'pay')).toEqual(['TellerUnavailableError', 'TellerUnavailableError', 'CircuitOpenError']);
    expect(namesOf(calls)).toEqual(COMPENSATED);
  });

  it.each([
    ['an undo', 'pay-back', COMPENSATED],
    ['a row after the pivot', 'thank', ['pay', 'decide', 'thank']],
  ] as const)('waits with %s that is refused for ten minutes, and parks nothing', async (_, refused, names) => {
    const { status, calls } = await run((name, __, atMs) => {
      if (name === 'pay' && refused === 'pay-back') return { openForMs: undefined };
      return name === refused && atMs < 10 * MINUTE_MS ? { openForMs: 5 * SECOND_MS } : 'ok';
    });

    expect(status).toBe('SUCCEEDED');
    expect(namesOf(calls)).toEqual(names);
    const own = callsOf(calls, refused);
    expect(own.at(-1)?.atMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(own.at(-1)?.atMs).toBeLessThan(11 * MINUTE_MS);
    expect(new Set(own.map(({ waitLeftMs }) => waitLeftMs))).toEqual(new Set([undefined]));
  });

  it('has all repeats for failures left to an undo that was refused before', async () => {
    const { status, calls } = await run((name, nth) => {
      if (name === 'pay') return sick;
      if (name !== 'pay-back') return 'ok';
      return nth < 20 ? { openForMs: 5 * SECOND_MS } : nth < 26 ? sick : 'ok';
    });

    expect(status).toBe('SUCCEEDED');
    expect(callsOf(calls, 'pay-back')).toHaveLength(27);
  });

  it('parks an undo that is refused for 20 minutes', async () => {
    const { status, calls, endedAtMs } = await run((name) =>
      name.startsWith('pay') ? { openForMs: undefined } : 'ok',
    );

    expect(status).toBe('FAILED');
    expect(namesOf(calls)).toEqual(['pay', 'settle', 'pay-back', 'call-for-help']);
    expect(errorsOf(calls, 'pay-back')).toEqual(Array.from({ length: 45 }, () => 'CircuitOpenError'));
    expect(endedAtMs).toBe(1_201 * SECOND_MS);
  });

  it('has the deadline of an undo after its last attempt, though all take as long as their functions may and wait as long as they may', async () => {
    const { calls } = await run(
      (name, nth) => {
        if (name === 'pay') return { openForMs: undefined };
        if (name !== 'pay-back' || nth === 50) return 'ok';
        return nth < 6 ? sick : { openForMs: 1 };
      },
      { attemptMs: 20 * SECOND_MS, wait: 0.9999 },
    );

    expect(errorsOf(calls, 'pay-back')).toEqual([
      ...Array.from({ length: 6 }, () => 'TellerUnavailableError'),
      ...Array.from({ length: 44 }, () => 'CircuitOpenError'),
      undefined,
    ]);
  });

  it('repeats any other command as after a failure', async () => {
    const { status, calls } = await run((name, nth) => {
      if (name === 'pay') return { openForMs: undefined };
      return name === 'settle' && nth < 6 ? { openForMs: 1 } : 'ok';
    });

    expect(status).toBe('SUCCEEDED');
    expect(callsOf(calls, 'settle')).toHaveLength(7);
  });
});
