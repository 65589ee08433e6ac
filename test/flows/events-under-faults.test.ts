import { randomUUID } from 'node:crypto';
import { ApiClient } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type FaultRequest, FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import type { ShownNotification } from '../support/notifications';
import { SandboxClient } from '../support/sandbox-client';
import { shiftedClock } from '../support/shifted-clock';

/** So long a message that failed is hidden, and a little more. */
const HIDDEN_MS = 181_000;
const TASKS = 6;

const clock = shiftedClock();
let system: LocalSystem;
let faults: FaultsClient;
let sandbox: SandboxClient;

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock });
  faults = new FaultsClient(system.apiUrl);
  sandbox = await SandboxClient.open(system.awsUrl);
});
afterEach(() => faults.liftAll());
afterAll(() => system.close());

const isIdle = () => {
  const count = (kind: string) => system.uses.filter(({ service }) => service === kind).length;
  return count('lambda') === count('lambda-time');
};

/** Looks until it is so. When nothing goes on any more, the time is put forward to when messages that failed are seen again. */
async function untilSo<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (let shifts = 0; shifts < 40; shifts += 1) {
    for (let looks = 0; looks < 10 || !isIdle(); looks += 1) {
      const seen = await look();
      if (isSo(seen)) return seen;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    clock.shiftBy(HIDDEN_MS);
  }
  throw new Error(`not so after ${40 * HIDDEN_MS} ms: ${JSON.stringify(await look()).slice(0, 1000)}`);
}

const relay = 'function:*-tasks-relay-events';
const consumer = 'function:*-notifications-notify-customer';
const sender = 'function:*-sandbox-sender';

/** Everything between a task and its notification, going wrong in each way. */
const TROUBLES: ReadonlyArray<readonly [string, readonly FaultRequest[]]> = [
  ['the relay dies, between its calls and after them', [{ target: relay, kind: 'crash', count: 4, seed: 1 }]],
  ['the answer of the relay is lost', [{ target: relay, kind: 'error-after', count: 2 }]],
  ['the relay runs twice', [{ target: relay, kind: 'duplicate', count: 3 }]],
  ['the bus is away', [{ target: 'events', kind: 'error-before', count: 6 }]],
  ['the answers of the bus are lost', [{ target: 'events', kind: 'error-after', count: 3 }]],
  ['the bus refuses some entries of a request', [{ target: 'events', kind: 'throttle', rate: 0.6, count: 8, seed: 2 }]],
  ['the bus takes everything twice', [{ target: 'events', kind: 'duplicate' }]],
  ['the consumer dies, between its calls and after them', [{ target: consumer, kind: 'crash', count: 4, seed: 3 }]],
  ['the answer of the consumer is lost', [{ target: consumer, kind: 'error-after', count: 2 }]],
  ['the consumer runs twice', [{ target: consumer, kind: 'duplicate' }]],
  ['the consumer has no room', [{ target: consumer, kind: 'throttle', count: 3 }]],
  ['the queue delivers twice', [{ target: 'sqs:*notify-customer', kind: 'duplicate', rate: 0.5, seed: 4 }]],
  ['the queue is away', [{ target: 'sqs:*notify-customer', kind: 'error-before', rate: 0.5, count: 10, seed: 5 }]],
  ['the sender is away', [{ target: sender, kind: 'error-before', count: 4 }]],
  ['the answers of the sender are lost', [{ target: sender, kind: 'error-after', count: 3 }]],
  [
    'the table of the notifications loses its answers',
    [{ target: 'dynamodb:*notifications', kind: 'error-after', rate: 0.4, count: 6, seed: 6 }],
  ],
  [
    'all of it at once',
    [
      { target: relay, kind: 'crash', rate: 0.5, count: 3, seed: 7 },
      { target: 'events', kind: 'throttle', rate: 0.3, count: 6, seed: 8 },
      { target: consumer, kind: 'crash', rate: 0.5, count: 3, seed: 9 },
      { target: 'events', kind: 'duplicate', rate: 0.5, seed: 10 },
      { target: sender, kind: 'error-after', rate: 0.5, count: 3, seed: 11 },
    ],
  ],
];

describe('a customer is told of each task once, and once by message, when', () => {
  it.each(TROUBLES)('%s', async (what, requests) => {
    const sub = what.replaceAll(/\W+/g, '-');
    // Its tokens end while the time is put forward.
    const told = async () =>
      (await new ApiClient(system.apiUrl).call('GET', '/v1/notifications', { sub })).json.items as ShownNotification[];
    const sent = async () => (await sandbox.messages()).filter(({ customerId }) => customerId === sub);
    const api = new ApiClient(system.apiUrl);
    for (const request of requests) await faults.add(request);

    const created = await Promise.all(
      Array.from({ length: TASKS }, (_, index) =>
        api.call('POST', '/v1/tasks', { key: randomUUID(), body: { title: `${index}` }, sub }),
      ),
    );
    const ids = created.map(({ json }) => json.taskId as string);
    const messages = await untilSo(sent, ({ length }) => length >= TASKS);
    const strikes = await faults.strikes();
    await faults.liftAll();

    expect((await told()).map(({ subject }) => subject.id).sort()).toEqual(ids.sort());
    expect(messages).toHaveLength(TASKS);
    expect(strikes).toBeGreaterThan(0);
  });
});

it('leaves no dead letter behind', async () => {
  const { json } = await new ApiClient(system.apiUrl).call('GET', '/ops/dead-letters');

  expect(json.items).toEqual([]);
});
