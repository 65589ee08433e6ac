/**
 * A process of a fleet: some instances that call one party until they are told to stop, each through a circuit of its own. It tells
 * its parent what its instances do and learn.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Circuit } from '../../lib/circuit-breaker/circuit';
import { CircuitOpenError } from '../../lib/circuit-breaker/circuit-errors';
import { Circuits } from '../../lib/circuit-breaker/circuits';
import { dynamodbCircuitStore } from '../../lib/circuit-breaker/dynamodb-circuit-store';
import type { CircuitOptions } from '../../lib/circuit-breaker/options';
import type { Transition } from '../../lib/circuit-breaker/transition';

/** What a process is started with. */
export interface FleetPart {
  readonly awsUrl: string;
  readonly tableName: string;
  readonly partyUrl: string;
  /** Names of its instances. */
  readonly instances: readonly string[];
  readonly service: string;
  readonly circuit: string;
  readonly options: CircuitOptions;
}

/** What a process tells of an instance: a transition that it made, that it first knew of the open circuit, that a call has failed. */
export interface Told {
  readonly instance: string;
  readonly what: Transition | 'knows' | 'failed';
}

/** Between two calls of an instance. */
const PACE_MS = 40;
/** A refused caller does not stay away for longer, so that many are there when a break is over. */
const LONGEST_WAIT_MS = 100;

const tell = (told: Told) => process.send?.(told);
const stopped = new AbortController();

async function call(partyUrl: string, instance: string): Promise<void> {
  const { status } = await fetch(partyUrl, { headers: { 'x-instance': instance } });
  if (status !== 200) throw new Error(`the party answered ${status}`);
}

async function live(circuit: Circuit, partyUrl: string, instance: string): Promise<void> {
  let knows = false;
  while (!stopped.signal.aborted) {
    let waitMs = PACE_MS;
    try {
      await circuit.execute(() => call(partyUrl, instance));
    } catch (error) {
      if (!(error instanceof CircuitOpenError)) tell({ instance, what: 'failed' });
      else {
        if (!knows && isOfFleet(error)) tell({ instance, what: 'knows' });
        knows ||= isOfFleet(error);
        waitMs = Math.min(error.retryAfterMs ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
      }
    }
    await pause(waitMs);
  }
}

/** Not the circuit of the instance, which opens without the fleet's. */
function isOfFleet({ reason }: CircuitOpenError): boolean {
  return reason === 'open' || reason === 'probing';
}

function startPart({ awsUrl, tableName, partyUrl, instances, service, circuit, options }: FleetPart): Promise<unknown> {
  const client = new DynamoDBClient({
    endpoint: awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return Promise.all(
    instances.map((instance) => {
      const circuits = new Circuits({
        service,
        store: dynamodbCircuitStore({ tableName, client }),
        // A slow computer is not a store that is down.
        storeTimeoutMs: 5_000,
        onTransition: (transition) => tell({ instance, what: transition }),
      });
      return live(circuits.circuit(circuit, options), partyUrl, instance);
    }),
  );
}

const [, program, part] = process.argv;
if (program?.endsWith('circuit-race-worker.ts') && part) {
  process.once('message', () => stopped.abort());
  void startPart(JSON.parse(part)).then(() => process.disconnect());
}
