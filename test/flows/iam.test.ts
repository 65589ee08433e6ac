import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { accessKeyIdOf } from '../../infra/local/lambda/function-definition';
import { orderBody } from '../support/api-client';
import { assemblyDirectory, readStacks, type Template } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

let assembly: string;
let system: LocalSystem | undefined;
beforeEach(() => {
  assembly = mkdtempSync(join(tmpdir(), 'holdfast-iam-'));
  cpSync(assemblyDirectory('dev'), assembly, { recursive: true });
});
afterEach(async () => {
  await system?.close();
  system = undefined;
  rmSync(assembly, { recursive: true, force: true });
});

const isGrant = (type: string) => ['AWS::IAM::Policy', 'AWS::Lambda::Permission'].includes(type);

/** Takes an action out of the policies whose logical id begins like this; a permission goes as a whole. */
function take(action: string, logicalId: string): void {
  let taken = 0;
  for (const { templateFile } of readStacks('dev')) {
    const file = join(assembly, templateFile);
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    const resources = Object.entries(template.Resources).filter(
      ([id, { Type }]) => isGrant(Type) && id.startsWith(logicalId),
    );
    for (const [id, { Type, Properties }] of resources) {
      if (Type === 'AWS::Lambda::Permission') {
        delete (template.Resources as Record<string, unknown>)[id];
        taken += 1;
        continue;
      }
      const { PolicyDocument: document } = Properties;
      for (const statement of document.Statement) {
        const actions = [statement.Action].flat();
        taken += actions.filter((name) => name === action).length;
        statement.Action = actions.filter((name) => name !== action);
      }
      document.Statement = document.Statement.filter(({ Action }: { Action: string[] }) => Action.length > 0);
    }
    writeFileSync(file, JSON.stringify(template));
  }
  if (taken === 0) throw new Error(`no policy ${logicalId} grants ${action}`);
}

async function start(): Promise<LocalSystem> {
  system = await startLocalSystem({ assemblyDirectory: assembly });
  return system;
}

describe('an action that is taken out of a policy', () => {
  it.each([
    ['dynamodb:UpdateItem', 'ReserveStock', 'table/holdfast-dev-inventory'],
    ['lambda:InvokeFunction', 'ChargePayment', 'function:holdfast-dev-orders-get-payment-token'],
    ['lambda:InvokeFunction', 'PlaceOrderRole', 'function:holdfast-dev-inventory-reserve-stock'],
    ['secretsmanager:GetSecretValue', 'CreateShipment', 'secret:'],
  ])('%s of %s is missed by an order', async (action, logicalId, resource) => {
    take(action, logicalId);
    const { api, notices } = await start();
    await api.putStock('MUG-01', 10);

    await api.placeOrder(orderBody());

    const find = () => notices.find((line) => line.startsWith('denied: ') && line.includes(resource));
    while (find() === undefined) await new Promise((tick) => setTimeout(tick, 10));
    const denial = find();
    expect(denial).toMatch(
      new RegExp(`^denied: User: arn:aws:sts::.* is not authorized to perform: ${action} on resource: .*; missing: `),
    );
    expect(JSON.parse(denial?.split('; missing: ')[1] ?? '')).toMatchObject({ Effect: 'Allow', Action: action });
  });

  it('of what a mapping or a state machine needs stops the start, and is named', async () => {
    take('dynamodb:GetRecords', 'StartSaga');
    take('logs:UpdateLogDelivery', 'PlaceOrder');
    take('xray:PutTraceSegments', 'GetOrder');

    await expect(start()).rejects.toThrow(
      new RegExp(
        [
          'GetOrderFunction\\w+: role \\S+ lacks xray:PutTraceSegments on \\*',
          'StartSaga\\w+: role \\S+ lacks dynamodb:GetRecords on arn:aws:dynamodb:.*',
          'PlaceOrder\\w+: role \\S+ lacks logs:UpdateLogDelivery on \\*',
        ].join('[\\s\\S]*'),
      ),
    );
  });

  it('keeps a function from writing its log', async () => {
    take('logs:PutLogEvents', 'CreateOrder');
    const { api, notices } = await start();
    await api.placeOrder(orderBody());

    expect(notices.join('\n')).toContain('logs:PutLogEvents on resource: arn:aws:logs:');
  });

  it('keeps the API from a function', async () => {
    take('lambda:InvokeFunction', 'AllowGetOpenApi');
    const { api, notices } = await start();

    expect((await api.call('GET', '/openapi.json', { sub: null })).status).toBe(500);
    expect(notices[0]).toContain('User: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction');
  });
});

describe('a function', () => {
  it("may not touch another service's table, and is told in AWS's words", async () => {
    const { awsUrl } = await start();
    const asGetOrder = awsClients(awsUrl, accessKeyIdOf('holdfast-dev-orders-get-order'));
    const put = new PutItemCommand({ TableName: 'holdfast-dev-payments', Item: { orderId: { S: 'o' } } });

    await expect(asGetOrder.dynamodb.send(put)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/\S+\/holdfast-dev-orders-get-order is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/holdfast-dev-payments because no identity-based policy allows the dynamodb:PutItem action$/,
      ),
    });
  });
});
