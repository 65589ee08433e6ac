import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import { type Clock, systemClock } from '../clock';
import { openDeadLetters } from '../events/aws-dead-letters';
import { type Emitter, readLetter, readRecord, toEmitter } from '../events/dynamodb-outbox-records';
import { openEventBus } from '../events/eventbridge-bus';
import { type RelayPorts, relay } from '../events/relay';
import type { RelayWork } from '../events/relay-plan';
import { log } from '../observability/log';
import { type HandlersOf, type RelayTrigger, type ServiceContract, triggerOf } from '../service/contract';
import { findStreamNote, readStreamRecords } from '../table/dynamodb-stream-records';
import { isQueueEvent, parseBody, takeMessages } from './queue-messages';
import { traced } from './traced';

/** All that the relay works with, but for what each invocation brings. */
type Outside = Omit<RelayPorts, 'remainingMs'>;

/**
 * Makes the relay of a service: it puts the events that were written into the items of its table on the bus, in the order of each
 * item. A batch is delivered again from the first record on whose events are not all published. From its queue it takes what was put
 * among the dead letters and is sent again: an event with its content, or Lambda's note of records that it then reads itself.
 *
 * @throws {Error} at INIT, when the service has no table.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function relayHandler<const Contract extends ServiceContract, Name extends HandlersOf<Contract, RelayTrigger>>(
  contract: Contract,
  name: Name,
  outside: Outside = openOutside(),
  clock: Clock = systemClock,
) {
  triggerOf<RelayTrigger>(contract, name, 'relay');
  const emitter = toEmitter(contract);
  const run = (works: readonly RelayWork[], context: Context) => relayWorks(works, outside, context);
  const { deadLetters } = outside;
  const back: Outside = { ...outside, deadLetters: { send: (body, reason) => deadLetters.send(body, reason, true) } };
  const runAgain = (works: readonly RelayWork[], context: Context) => relayWorks(works, back, context);
  const handle = async (
    event: DynamoDBStreamEvent | SQSEvent,
    context: Context,
  ): Promise<DynamoDBBatchResponse | SQSBatchResponse> => {
    if (!isQueueEvent(event)) return relayRecords(emitter, event, (works) => run(works, context), clock);
    return takeMessages(event, (message) => relayMessage(emitter, message, (works) => runAgain(works, context)));
  };
  return traced(() => ({ name: `${contract.name}/${name}` }), middy(handle, { timeoutEarlyInMillis: 0 }));
}

function openOutside(): Outside {
  return {
    bus: openEventBus(),
    deadLetters: openDeadLetters(),
    random: Math.random,
    sleep: (ms) => sleep(ms),
  };
}

async function relayWorks(works: readonly RelayWork[], outside: Outside, context: Context) {
  const { unfinished, counts } = await relay(works, {
    ...outside,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  if (works.length > 0) log('info', 'events relayed', { counts: { ...counts, unfinished: unfinished.length } });
  return unfinished;
}

/** Answers what is not finished. */
type Run = (works: readonly RelayWork[]) => Promise<readonly RelayWork[]>;

async function relayRecords(
  emitter: Emitter,
  { Records }: DynamoDBStreamEvent,
  run: Run,
  clock: Clock,
): Promise<DynamoDBBatchResponse> {
  const works = Records.flatMap((record, index) => readRecord(emitter, record, index, clock.now()));
  const early = works.filter(({ isEarly }) => isEarly).map(({ record }) => record);
  if (early.length > 0) log('warn', 'events of a later deployment are waited for', { counts: { early: early.length } });
  // What comes after such a record waits with it: the batch is delivered again from there.
  const ready = works.filter(({ record }) => record < Math.min(...early));
  const unfinished = [...(await run(ready)).map(({ record }) => record), ...early];
  if (unfinished.length === 0) return { batchItemFailures: [] };
  const first = Records[Math.min(...unfinished)];
  // An empty identifier is the whole batch.
  return { batchItemFailures: [{ itemIdentifier: first?.dynamodb?.SequenceNumber ?? '' }] };
}

async function relayMessage(emitter: Emitter, message: SQSRecord, run: Run): Promise<void> {
  try {
    const unfinished = await run(await readMessage(emitter, message));
    if (unfinished.length > 0) throw new Error(`${unfinished.length} events of the letter are not published`);
  } catch (error) {
    log('error', 'letter failed', { error });
    throw error;
  }
}

/** @throws {Error} when the message is no letter: nothing else may be in this queue, so it goes back to where it came from. */
async function readMessage(emitter: Emitter, message: SQSRecord): Promise<RelayWork[]> {
  const letter = parseBody(message);
  const works = readLetter(emitter, letter);
  if (works) return works;
  const note = findStreamNote(letter);
  if (!note) throw new Error("the message is neither a letter of the relay nor Lambda's note of a failed batch");
  return (await readStreamRecords(note)).flatMap((record, index) => readRecord(emitter, record, index));
}
