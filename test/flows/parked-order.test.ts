import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { toStorySteps } from '../stories/play';
import { aCommand } from '../support/a-command';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { fastClock } from '../support/fast-clock';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

describe('an order whose refund fails for good', () => {
  let system: LocalSystem;
  let orderId: string;

  beforeAll(async () => {
    // The undo is repeated for up to a minute; nothing here waits for an answer that takes longer on a fast clock.
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock: fastClock(20) });
    await system.api.putStock('MUG-01', 10);
    const body = orderBody({ token: 'tok_refund_fails', postalCode: '00000' });
    orderId = (await system.api.placeOrder(body)).json.orderId;
  }, 60_000);

  afterAll(() => system.close());

  it('has its other undos done all the same, and needs attention', async () => {
    const { status, steps } = await system.sagas.untilEnded(orderId);

    expect(toStorySteps(steps)).toEqual([
      'ReserveStock',
      'ChargePayment',
      'CREATESHIPMENT',
      'CancelShipment',
      'REFUNDPAYMENT',
      'ReleaseStock',
      'ParkOrder',
    ]);
    expect(status).toBe('FAILED');
    expect(steps.find(({ name }) => name === 'RefundPayment')).toMatchObject({ attempts: 7 });
  });

  it('tells the customer so, and why it could not be carried out', async () => {
    const { json } = await system.api.call('GET', `/v1/orders/${orderId}`);

    expect(json).toMatchObject({
      status: 'NEEDS_ATTENTION',
      rejection: { code: 'SHIPPING_REFUSED', step: 'CreateShipment' },
    });
  });

  it('still shows the money as captured, and the stock as free', async () => {
    const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
    const stock = await system.api.stockOf('MUG-01');

    expect(payment.json).toMatchObject({ status: 'CAPTURED', refundedCents: 0 });
    expect(stock).toMatchObject({ available: 10, reserved: 0 });
  });

  it('is counted by the audit, and is no violation: it is not hidden', async () => {
    const { counts, violations } = await system.audit();

    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ 'orders NEEDS_ATTENTION': 1 });
  });

  it('is refunded once the fault is lifted and the undo repeated', async () => {
    const aws = awsClients(system.awsUrl);
    const { url, secret } = await sandboxOf(aws);
    const lift = `${url}charges/${orderId}/fault`;

    const lifted = await fetch(lift, { method: 'DELETE', headers: { authorization: `Bearer ${secret}` } });
    const { json: order } = await system.api.call('GET', `/v1/orders/${orderId}`);
    const command = {
      ...aCommand('RefundPayment', {
        orderId,
        customerId: 'alice',
        amountCents: order.totalCents,
        currency: order.currency,
      }),
      notAfter: '2100-01-01T00:00:00.000Z',
    };
    const refunded = await aws.lambda.send(
      new InvokeCommand({ FunctionName: 'holdfast-dev-payments-refund-payment', Payload: JSON.stringify(command) }),
    );

    expect([lifted.status, refunded.FunctionError]).toEqual([204, undefined]);
    const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
    expect(payment.json).toMatchObject({ status: 'REFUNDED', refundedCents: order.totalCents });
  });
});

/** Where the stand-in of the provider is, and the secret that opens it, as anybody with the account finds them. */
async function sandboxOf({ cloudFormation, secrets }: ReturnType<typeof awsClients>) {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const outputs = Stacks.flatMap((stack) => stack.Outputs ?? []);
  const find = (name: string) => outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: find('SandboxSecretArn') }));
  return { url: find('SandboxUrl'), secret: SecretString };
}
