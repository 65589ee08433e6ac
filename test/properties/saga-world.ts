import { placeOrder } from '../../functions/orders/place-order.saga';
import { openStepFunctions } from '../../infra/local/step-functions/step-functions';
import { stepsOf } from '../../lib/saga/rows';
import { substitutionOf } from '../../lib/saga/task-state';
import { toAsl } from '../../lib/saga/to-asl';
import { pascalCase } from '../../lib/service/names';
import { manualClock } from '../support/manual-clock';
import { memoryStore } from '../support/memory-store';

/**
 * What becomes of one call of a participant: it is carried out; refused; fails before it takes effect; takes effect and the
 * reply is lost; is silent, and takes effect only after the state machine has given up on it.
 */
export type Fate = 'ok' | 'refuse' | 'fail' | 'lose reply' | 'late';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };
const START = Date.UTC(2026, 0, 1);

/** Longer than any task's time limit, and shorter than the deadline of a repeated step. */
const LATE_MS = 40_000;

const REFUSALS: Readonly<Record<string, string>> = {
  ReserveStock: 'StockInsufficientError',
  ChargePayment: 'PaymentDeclinedError',
  CreateShipment: 'AddressRefusedError',
  ConfirmOrder: 'StepUndoneError',
};

/** Which step an undo undoes. */
export const UNDOES: Readonly<Record<string, string>> = {
  ReleaseStock: 'ReserveStock',
  RefundPayment: 'ChargePayment',
  CancelShipment: 'CreateShipment',
  AbandonOrder: 'ConfirmOrder',
};

/** How one order went. */
export interface Ending {
  /** Of the execution. */
  readonly status: string;
  /** Every call in the order in which it was made. */
  readonly calls: readonly string[];
  /** Steps whose effect stands in the end. */
  readonly standing: ReadonlySet<string>;
  readonly order: 'PENDING' | 'CONFIRMED' | 'REJECTED' | 'NEEDS_ATTENTION';
  readonly failure: { readonly code: string; readonly step: string } | undefined;
}

/**
 * Runs the deployed text of the saga once, with participants that keep the barrier: an undo that comes first leaves a mark that
 * a late step meets, repeats change nothing, and a command past its deadline is refused. `fateOf` says what becomes of the
 * n-th call (from 0) of a step or an undo. Time is moved, not waited for.
 */
export async function runPlaceOrder(fateOf: (name: string, call: number) => Fate): Promise<Ending> {
  const clock = manualClock(START);
  const world = {
    done: new Set<string>(),
    undone: new Set<string>(),
    calls: [] as string[],
    order: 'PENDING' as Ending['order'],
  };
  let failure: Ending['failure'];

  /** Carries a command out, or throws the name of the error. */
  const carryOut = (name: string, notAfter: string, args: { failure?: Ending['failure'] }): unknown => {
    if (clock.now() > Date.parse(notAfter)) throw 'DeadlineExceededError';
    if (name === 'RejectOrder' || name === 'ParkOrder') {
      failure = args.failure;
      if (world.order === 'PENDING') world.order = name === 'RejectOrder' ? 'REJECTED' : 'NEEDS_ATTENTION';
      return {};
    }
    const undoes = UNDOES[name];
    if (name === 'AbandonOrder' && world.order === 'CONFIRMED') return { outcome: 'happened' };
    if (undoes !== undefined) {
      world.done.delete(undoes);
      world.undone.add(undoes);
      return { outcome: 'abandoned' };
    }
    if (world.undone.has(name)) throw 'StepUndoneError';
    world.done.add(name);
    if (name === 'ConfirmOrder') world.order = 'CONFIRMED';
    return {};
  };

  const invokeLambda = async ({ payload }: { payload: string }) => {
    const { step, notAfter, arguments: args } = JSON.parse(payload);
    const fate = fateOf(step, world.calls.filter((call) => call === step).length);
    world.calls.push(step);
    const fail = (errorType: string) => ({
      payload: JSON.stringify({ errorType, errorMessage: 'it was told to' }),
      functionError: 'Unhandled',
    });
    const tryIt = () => {
      try {
        return { payload: JSON.stringify(carryOut(step, notAfter, args)) };
      } catch (name) {
        return fail(String(name));
      }
    };
    if (fate === 'refuse') return fail(REFUSALS[step] ?? 'InvalidCommandError');
    if (fate === 'fail') return fail('ServiceUnavailableError');
    if (fate === 'late') await new Promise<void>((resolve) => clock.after(LATE_MS, resolve));
    const answer = tryIt();
    return fate === 'lose reply' ? fail('ReplyLostError') : answer;
  };

  const room = await openStepFunctions({ store: memoryStore(), clock, random: () => 0.5, invokeLambda, ...PLACE });
  room.createStateMachine({
    name: placeOrder.name,
    definition: deployedText(),
    type: 'STANDARD',
    roleArn: 'arn:aws:iam::000000000000:role/saga',
  });
  const { stateMachineArn } =
    ((await room.handle('ListStateMachines', {})).stateMachines as Array<{ stateMachineArn: string }>)[0] ?? {};
  const { executionArn } = await room.handle('StartExecution', {
    stateMachineArn,
    name: INPUT.orderId,
    input: JSON.stringify(INPUT),
  });
  let status = 'RUNNING';
  for (let minutes = 0; status === 'RUNNING' && minutes < 120; minutes += 1) {
    await clock.advance(60_000);
    status = String((await room.handle('DescribeExecution', { executionArn })).status);
  }
  // What is still on its way lands now, after everything else.
  await clock.advance(10 * LATE_MS);
  await room.close();
  return { status, calls: world.calls, standing: world.done, order: world.order, failure };
}

const INPUT = {
  orderId: `ord_${'0'.repeat(32)}`,
  customerId: 'alice',
  lines: [{ sku: 'MUG-01', quantity: 1 }],
  totalCents: 1200,
  currency: 'EUR',
};

let text: string | undefined;

/** The text as it is deployed, with the ARNs of the functions substituted. */
function deployedText(): string {
  text ??= stepsOf(placeOrder).reduce(
    (definition, step) =>
      definition.replaceAll(
        `\${${substitutionOf(step)}}`,
        `arn:aws:lambda:us-east-1:000000000000:function:${pascalCase(step.handler)}`,
      ),
    JSON.stringify(toAsl(placeOrder)),
  );
  return text;
}
