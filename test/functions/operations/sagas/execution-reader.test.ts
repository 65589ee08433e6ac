import '../environment';
import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { openExecutionReader } from '../../../../functions/operations/sagas/execution-reader';
import { toTimeline } from '../../../../functions/operations/sagas/timeline';
import { placeOrder } from '../../../../functions/orders/place-order.saga';
import { toAsl } from '../../../../lib/saga/to-asl';
import { answer, type BenchOptions, failure, openBench } from '../../../infra/local/step-functions/bench';
import { type FakeAws, startFakeAws } from '../../../lib/aws/fake-aws';

const NAME = 'ord_1-2';
const LINES = [{ sku: 'MUG-01', quantity: 2 }];
const INPUT = { orderId: 'ord_1', customerId: 'alice', lines: LINES, totalCents: 2400, currency: 'EUR' };
const execution = (role: 'main' | 'repair' | 'undo') => ({ machine: { saga: 'place-order', role }, name: NAME });

describe('the executions of a saga', () => {
  const stepFunctions = mockClient(SFNClient);
  let aws: FakeAws;

  beforeAll(async () => {
    aws = await startFakeAws();
  });
  beforeEach(() => {
    stepFunctions.reset();
    stepFunctions.on(GetExecutionHistoryCommand).resolves({ events: [] });
    aws.forget();
  });
  afterEach(() => {
    process.env.WORKFLOW = 'STANDARD';
  });
  afterAll(() => aws.close());

  it.each([
    ['STANDARD', 'main', 'place-order'],
    ['STANDARD', 'repair', 'place-order-repair'],
    ['STANDARD', 'undo', 'place-order-undo'],
    ['EXPRESS', 'repair', 'place-order-repair'],
    ['EXPRESS', 'undo', 'place-order-undo'],
  ] as const)('are read, with %s machines, from the history for %s', async (workflow, role, machine) => {
    process.env.WORKFLOW = workflow;

    await openExecutionReader([placeOrder])(execution(role));

    expect(stepFunctions.commandCalls(GetExecutionHistoryCommand).map(({ args }) => args[0].input)).toMatchObject([
      { executionArn: `arn:aws:states:us-east-1:000000000000:execution:holdfast-test-${machine}:${NAME}` },
    ]);
    expect(aws.requests).toEqual([]);
  });

  it('are read from the log of the machine itself when that is an express one', async () => {
    process.env.WORKFLOW = 'EXPRESS';

    await openExecutionReader([placeOrder])({ ...execution('main'), startedAt: '2026-01-01T12:00:00.000Z' });

    expect(aws.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        logGroupName: '/aws/vendedlogs/states/holdfast-test-place-order',
        filterPattern: `":express:holdfast-test-place-order:${NAME}:"`,
        startTime: Date.parse('2026-01-01T11:54:00Z'),
        endTime: Date.parse('2026-01-01T12:08:00Z'),
      },
    ]);
    expect(stepFunctions.calls()).toEqual([]);
  });

  it('are not read of a saga that is not watched', async () => {
    await expect(openExecutionReader([])(execution('main'))).rejects.toThrow('the machine main of place-order');
  });

  it('have one timeline, whether they are kept in the history or in the log', async () => {
    const machine = toAsl(placeOrder) as { States: Record<string, object> };
    const fake: BenchOptions['fake'] = (payload, call) => {
      const { step } = payload as { step: string };
      if (step === 'ChargePayment') return call === 2 ? failure('Broken') : failure('PaymentDeclinedError');
      return answer(step === 'AbandonOrder' ? { outcome: 'abandoned' } : {});
    };
    const groupArn = 'arn:aws:logs:eu-central-1:111111111111:log-group:machine:*';
    const standard = await openBench(machine.States, { fake });
    const express = await openBench(machine.States, { fake, type: 'EXPRESS', log: { level: 'ALL', groupArn } });
    const arn = await standard.start(INPUT, NAME);
    await express.start(INPUT, NAME);
    for (const { clock } of [standard, express]) await clock.advance(60_000);
    const events = (await standard.events(arn)).map(({ timestamp, ...event }) => ({
      ...event,
      timestamp: new Date(timestamp * 1000),
    }));
    stepFunctions.on(GetExecutionHistoryCommand).resolves({ events: events as unknown as HistoryEvent[] });
    const lines = express.logs.map(({ logGroupArn: _, ...document }) => ({ message: JSON.stringify(document) }));
    aws.answer((response) => response.end(JSON.stringify({ events: lines })));

    const fromHistory = await openExecutionReader([placeOrder])(execution('main'));
    process.env.WORKFLOW = 'EXPRESS';
    const fromLog = await openExecutionReader([placeOrder])(execution('main'));

    const [timeline, other] = [fromHistory, fromLog].map((runs) => runs.flatMap((run) => toTimeline(placeOrder, run)));
    expect(timeline?.slice(0, 2)).toMatchObject([
      { name: 'ReserveStock', status: 'succeeded', attempts: 1 },
      { name: 'ChargePayment', status: 'refused', attempts: 2, error: 'PaymentDeclinedError' },
    ]);
    expect(timeline?.at(-1)).toMatchObject({ name: 'RejectOrder', status: 'succeeded' });
    expect(other).toEqual(timeline);
  });
});

describe('the reader of executions', () => {
  it('cannot be made when the environment does not name a machine', () => {
    const unknown = { ...placeOrder, name: 'unheard-of' };

    expect(() => openExecutionReader([unknown])).toThrow('STATE_MACHINE_ARN_UNHEARD_OF is not set');
  });
});
