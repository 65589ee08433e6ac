import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../infra/local/clock';
import { openDynamoDb } from '../../infra/local/dynamodb/dynamodb';
import { parseEventPattern } from '../../infra/local/event-pattern';
import { executionArn, openStepFunctions, stateMachineArn } from '../../infra/local/step-functions/step-functions';
import type { KeyValueStore } from '../../infra/local/storage/key-value-store';
import { openStorage, type Storage } from '../../infra/local/storage/open-storage';
import { aFunction, aLambda } from '../infra/local/lambda/a-function';
import { type Figure, rate } from './measure';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** The rooms of the local cloud, each by itself in this process, with its state on disk where it has one. */
export async function benchRooms(tell: (figures: Figure[]) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const storage = await openStorage({ directory });
  try {
    tell(await executions('in memory', (await openStorage()).keyValue('step-functions')));
    tell(await executions('on disk', storage.keyValue('step-functions')));
    tell(await invocations());
    for (const figures of await writes(storage)) tell(figures);
    tell(await patternMatches());
  } finally {
    await storage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const STATES = 5;

/** `where` the journal is. */
async function executions(where: string, store: KeyValueStore): Promise<Figure[]> {
  const lastCalls = new Map<string, () => void>();
  const calls = new Map<string, number>();
  const room = await openStepFunctions({
    ...PLACE,
    store,
    clock: systemClock,
    invokeLambda: async ({ executionArn }) => {
      const count = (calls.get(executionArn) ?? 0) + 1;
      calls.set(executionArn, count);
      if (count === STATES) lastCalls.get(executionArn)?.();
      return { payload: '{"ok":true}' };
    },
  });
  const states = Array.from({ length: STATES }, (_, index) => [
    `Step${index}`,
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      ...(index < STATES - 1 ? { Next: `Step${index + 1}` } : { End: true }),
    },
  ]);
  const definition = { QueryLanguage: 'JSONata', StartAt: 'Step0', States: Object.fromEntries(states) };
  const roleArn = 'arn:aws:iam::000000000000:role/machine';
  room.createStateMachine({ name: 'five', definition: JSON.stringify(definition), type: 'STANDARD', roleArn });
  const machine = stateMachineArn(PLACE, 'five');
  try {
    return await rate(`five-state executions, ${where}`, { concurrency: 16 }, async (index) => {
      const name = `run-${index}`;
      const arn = executionArn(PLACE, 'five', name);
      // Asking again and again whether it has ended would cost more than the execution.
      const lastCall = new Promise<void>((resolve) => lastCalls.set(arn, resolve));
      await room.handle('StartExecution', { stateMachineArn: machine, name });
      await lastCall;
      while ((await room.handle('DescribeExecution', { executionArn: arn })).status === 'RUNNING') {
        await new Promise((resolve) => setImmediate(resolve));
      }
      lastCalls.delete(arn);
      calls.delete(arn);
    });
  } finally {
    await room.close();
  }
}

async function invocations(): Promise<Figure[]> {
  const lambda = aLambda([aFunction('export const handler = async (event) => event;')]);
  try {
    return await rate('warm invocations', { concurrency: 2 }, () => lambda.invoke('f', '{}'));
  } finally {
    await lambda.close();
  }
}

async function writes(storage: Storage): Promise<Figure[][]> {
  const room = await openDynamoDb({ ...PLACE, storage, clock: systemClock });
  const key = { AttributeName: 'id', KeyType: 'HASH' };
  await room.createTable({
    tableName: 'things',
    attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    keySchema: [key],
    globalSecondaryIndexes: [],
    streamViewType: 'NEW_AND_OLD_IMAGES',
  });
  const item = (id: string) => ({ TableName: 'things', Item: { id: { S: id }, total: { N: '1200' } } });
  const isNew = { ConditionExpression: 'attribute_not_exists(id)' };
  const puts = await rate('conditional puts', { concurrency: 16 }, (index) =>
    room.handle('PutItem', { ...item(`put-${index}`), ...isNew }),
  );
  const transactions = await rate('transactions of three puts', { concurrency: 16 }, (index) =>
    room.handle('TransactWriteItems', {
      TransactItems: [0, 1, 2].map((part) => ({ Put: { ...item(`transact-${index}-${part}`), ...isNew } })),
    }),
  );
  await room.close();
  return [puts, transactions];
}

const EVENT = {
  source: 'shop',
  'detail-type': 'thing.made',
  detail: { amountCents: 4200, customer: { country: 'DE' }, tags: ['a', 'b'] },
};

async function patternMatches(): Promise<Figure[]> {
  const pattern = {
    source: ['shop'],
    'detail-type': [{ prefix: 'thing.' }],
    detail: { amountCents: [{ numeric: ['>', 100, '<=', 5000] }], customer: { country: [{ 'anything-but': ['US'] }] } },
  };
  const matches = parseEventPattern(JSON.stringify(pattern));
  const perAction = 1000;
  const [each, cpu] = await rate('event pattern matches', { seconds: 1, per: perAction }, () => {
    for (let index = 0; index < perAction; index += 1) matches(EVENT);
  });
  return each === undefined || cpu === undefined ? [] : [{ ...each, value: each.value * perAction }, cpu];
}
