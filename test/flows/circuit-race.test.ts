import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../infra/local/clock';
import { type DynamoDb, openDynamoDb } from '../../infra/local/dynamodb/dynamodb';
import { type Endpoint, openEndpoint } from '../../infra/local/endpoint/endpoint';
import { openStorage } from '../../infra/local/storage/open-storage';
import { dynamodbCircuitStore } from '../../lib/circuit-breaker/dynamodb-circuit-store';
import type { Transition } from '../../lib/circuit-breaker/transition';
import type { FleetPart, Told } from './circuit-race-worker';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };
const TABLE = 'circuits';
const PROCESSES = 6;
const INSTANCES_EACH = 8;
const KEY = { service: 'payments', circuit: 'provider' };
const OPTIONS = {
  failureThreshold: 10,
  breakDurationSeconds: 0.2,
  maxBreakDurationSeconds: 0.4,
  successThreshold: 2,
  rampSeconds: 0.5,
};
const GIVE_UP_AFTER_MS = 25_000;

const all = Array.from({ length: PROCESSES * INSTANCES_EACH }, (_, at) => `i${at}`);

/** Runs what is waited for again whenever something has happened. */
function aBoard() {
  const waiting = new Set<() => void>();
  return {
    changed: () => {
      for (const look of waiting) look();
    },
    until: (what: string, isSo: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const giveUp = setTimeout(() => end(() => reject(new Error(`not within the time: ${what}`))), GIVE_UP_AFTER_MS);
        const end = (settle: () => void) => {
          clearTimeout(giveUp);
          waiting.delete(look);
          settle();
        };
        const look = () => isSo() && end(resolve);
        waiting.add(look);
        look();
      }),
  };
}

/** A party that takes some time for each call, and counts them. It may hold one until it is told to let go of it. */
async function aParty(changed: () => void) {
  const party = { isDown: false, inFlight: 0, most: 0, answered: 0, served: new Set<string>(), url: '' };
  const held = { wanted: false, instance: '', letGo: () => {} };
  const server: Server = createServer(async (request, response) => {
    party.inFlight += 1;
    party.most = Math.max(party.most, party.inFlight);
    const { isDown } = party;
    const instance = String(request.headers['x-instance']);
    await pause(15);
    if (held.wanted) {
      Object.assign(held, { wanted: false, instance });
      changed();
      await new Promise<void>((resolve) => {
        held.letGo = resolve;
      });
    }
    party.inFlight -= 1;
    if (!isDown) {
      party.answered += 1;
      party.served.add(instance);
    }
    response.writeHead(isDown ? 503 : 200).end();
    changed();
  });
  // A connection that is closed just when it is used would count as a failure.
  server.keepAliveTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  party.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return Object.assign(party, { held, close });
}

describe('a fleet of processes with one circuit', () => {
  let endpoint: Endpoint;
  let db: DynamoDb;
  let storage: Awaited<ReturnType<typeof openStorage>>;
  let fleet: ChildProcess[];
  let party: Awaited<ReturnType<typeof aParty>>;
  let board: ReturnType<typeof aBoard>;
  let told: Told[];

  beforeEach(async () => {
    board = aBoard();
    told = [];
    fleet = [];
    storage = await openStorage();
    db = await openDynamoDb({ storage, clock: systemClock, ...PLACE });
    await db.createTable({
      tableName: TABLE,
      attributeDefinitions: ['service', 'circuit'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      keySchema: [
        { AttributeName: 'service', KeyType: 'HASH' },
        { AttributeName: 'circuit', KeyType: 'RANGE' },
      ],
      globalSecondaryIndexes: [],
    });
    const onError = (error: unknown) => console.error(error);
    endpoint = await openEndpoint({ port: 0, portFlag: '', clock: systemClock, onError, home: PLACE });
    endpoint.attach({ json: { DynamoDB_20120810: db.handle }, query: {}, rest: [] });
    party = await aParty(board.changed);
  });
  afterEach(async () => {
    for (const child of fleet) child.kill('SIGKILL');
    await endpoint.close();
    await party.close();
    await db.close();
    await storage.close();
  });

  function start(probeLeaseSeconds: number): void {
    fleet = Array.from({ length: PROCESSES }, (_, at) => {
      const part: FleetPart = {
        awsUrl: `http://127.0.0.1:${endpoint.port}`,
        tableName: TABLE,
        partyUrl: party.url,
        instances: all.slice(at * INSTANCES_EACH, (at + 1) * INSTANCES_EACH),
        ...KEY,
        options: { ...OPTIONS, probeLeaseSeconds },
      };
      const program = join(__dirname, 'circuit-race-worker.ts');
      return fork(program, [JSON.stringify(part)], { execArgv: ['--disable-warning=Warning', '--import', 'tsx'] }).on(
        'message',
        (message: Told) => {
          told.push(message);
          board.changed();
        },
      );
    });
  }

  async function stop(): Promise<void> {
    await Promise.all(
      fleet.map(async (child) => {
        const ended = once(child, 'exit');
        child.send('stop');
        await ended;
      }),
    );
  }

  const transitions = () => told.flatMap(({ what }) => (typeof what === 'object' ? [what] : []));
  const countOf = (kind: Transition['kind']) => transitions().filter((transition) => transition.kind === kind).length;
  const isKnown = () => told.filter(({ what }) => what === 'knows').length === all.length && party.inFlight === 0;
  const stored = async () => {
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${endpoint.port}`,
      region: PLACE.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    return (await dynamodbCircuitStore({ tableName: TABLE, client }).load(KEY.service)).get(KEY.circuit);
  };

  it('opens once, sends one probe at a time, and closes once', async () => {
    // No lease runs out, however slow this computer is.
    start(60);
    await board.until('every instance has been served', () => party.served.size === all.length);
    const before = await stored();

    party.isDown = true;
    await board.until('every instance knows that it is open', isKnown);
    // From here on a call is a probe.
    party.most = 0;
    const reopened = countOf('reopened');
    await board.until('three probes have failed', () => countOf('reopened') >= reopened + 3);

    party.answered = 0;
    party.served.clear();
    party.isDown = false;
    await board.until('two probes have gone well', () => party.answered >= OPTIONS.successThreshold);
    const { most } = party;
    await board.until('every instance has been served again', () => party.served.size === all.length);
    await stop();

    const epoch = Number(before?.epoch);
    expect(most).toBe(1);
    expect(transitions().filter(({ kind }) => kind !== 'reopened')).toEqual([
      expect.objectContaining({ kind: 'opened', cause: 'failures', epoch: epoch + 1 }),
      expect.objectContaining({ kind: 'closed', cause: 'probe', epoch: epoch + 2 }),
    ]);
    // Every lease was one probe, and every probe had its lease.
    const fence = countOf('reopened') + OPTIONS.successThreshold;
    expect(await stored()).toMatchObject({ state: 'CLOSED', epoch: epoch + 2, leaseUntil: 0, fence });
  });

  it('goes on without a process that is frozen in its probe, and takes nothing from it when it wakes', async () => {
    start(2);
    await board.until('every instance has been served', () => party.served.size === all.length);
    party.isDown = true;
    await board.until('every instance knows that it is open', isKnown);
    party.held.wanted = true;
    await board.until('a probe is under way', () => !party.held.wanted);
    const { instance: prober } = party.held;
    const frozen = fleet[Math.floor(all.indexOf(prober) / INSTANCES_EACH)];

    frozen?.kill('SIGSTOP');
    party.held.letGo();
    const reopened = countOf('reopened');
    await board.until('others have probed', () => countOf('reopened') >= reopened + 2);
    const since = told.length;
    frozen?.kill('SIGCONT');
    const ofProber = () => told.slice(since).filter(({ instance }) => instance === prober);
    await board.until('the probe has ended', () => ofProber().length > 0);

    expect(ofProber()[0]).toEqual({ instance: prober, what: 'failed' });
    party.served.clear();
    party.isDown = false;
    await board.until('every instance has been served again', () => party.served.size === all.length);
    await stop();
    expect([countOf('opened'), countOf('closed')]).toEqual([1, 1]);
  });
});
