import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

const readme = readFileSync(join(resolve(__dirname, '../..'), 'README.md'), 'utf8');

/** What stands behind a flag in the README, such as `--table-name`. */
const behind = (flag: string) => new RegExp(`${flag} (\\S+)`).exec(readme)?.[1] ?? '';

describe('what the README says to type', () => {
  let system: LocalSystem;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await system.api.putStock('MUG-01', 100);
  });

  afterAll(() => system.close());

  it('places an order that goes through, with the token that it asks for', async () => {
    const scope = /--scope "([^"]+)"/.exec(readme)?.[1] ?? '';
    const key = /Idempotency-Key: ([\w-]+)"/.exec(readme)?.[1] ?? '';
    const body = JSON.parse(/-d '(\{"items".*\})'/.exec(readme)?.[1] ?? '');

    const answer = await system.api.call('POST', '/v1/orders', { scope, key, body });
    const list = await system.api.call('GET', '/v1/orders', { scope });

    expect(answer.status).toBe(202);
    expect(list.json.items).toHaveLength(1);
    expect((await system.settled(answer.json.orderId)).status).toBe('CONFIRMED');
  });

  it('shows the execution and the order with the AWS protocols', async () => {
    const config = {
      endpoint: system.awsUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    };

    const { executions } = await new SFNClient(config).send(
      new ListExecutionsCommand({ stateMachineArn: behind('--state-machine-arn') }),
    );
    const { Count } = await new DynamoDBClient(config).send(new ScanCommand({ TableName: behind('--table-name') }));

    expect(executions).toHaveLength(1);
    expect(Count).toBe(1);
  });
});
