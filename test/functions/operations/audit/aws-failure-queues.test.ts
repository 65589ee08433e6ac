import { readFailureQueues } from '../../../../functions/operations/audit/aws-failure-queues';
import { aRoom } from '../../../infra/local/sqs/a-room';
import { openAwsEndpoint } from '../aws-endpoint';

const HOME = { region: 'eu-central-1', accountId: '123456789012' };
const CLIENT = {
  credentials: async () => ({ accessKeyId: 'audit', secretAccessKey: 'audit' }),
  region: async () => HOME.region,
} as Parameters<typeof readFailureQueues>[0];

const SALES = 'holdfast-test-inventory-sell-stock';
const SWEEPS = 'holdfast-test-orders-sweep-orders';
const OTHER_STAGE = 'holdfast-test-2-inventory-sell-stock';

let close: () => Promise<unknown>;
afterEach(() => close());

/** What is counted when each of these queues, and no other, has two messages. */
async function countedOf(...queueNames: string[]) {
  const { room, send } = await aRoom(...queueNames.map((queueName) => ({ queueName })));
  for (const queueName of queueNames) for (const body of ['a', 'b']) await send(queueName, body);
  const endpoint = await openAwsEndpoint({ AmazonSQS: () => room() }, HOME);
  close = endpoint.close;
  return readFailureQueues(CLIENT, process.env.AWS_ENDPOINT_URL, 'test');
}

describe('the failure queues of a stage', () => {
  it('are the dead-letter queues of those of its consumers that are deployed', async () => {
    expect(await countedOf(SALES, `${SALES}-dead-letters`)).toEqual([{ queue: `${SALES}-dead-letters`, messages: 2 }]);
  });

  it('are not those of jobs, whose next run makes up for one that failed', async () => {
    expect(await countedOf(SWEEPS, `${SWEEPS}-dead-letters`)).toEqual([]);
  });

  it('are not those of another stage whose name begins alike', async () => {
    expect(await countedOf(`${OTHER_STAGE}-dead-letters`)).toEqual([]);
  });
});
