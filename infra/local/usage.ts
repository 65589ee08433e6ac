import type { JsonHandler } from './endpoint/endpoint';
import { sizeOfEntry } from './event-bridge/put-events';
import type { Sqs } from './sqs/sqs';

/** One use of a service that AWS bills by the use. State transitions are in the executions' histories. */
export type Use =
  | {
      readonly service: 'dynamodb';
      readonly operation: string;
      readonly table: string;
      readonly units: number;
      /** The function that asked; absent for anybody else. */
      readonly functionName?: string;
    }
  /** Told when an invocation begins. */
  | { readonly service: 'lambda'; readonly functionName: string }
  /** Told when an invocation has ended. */
  | {
      readonly service: 'lambda-time';
      readonly functionName: string;
      /** Whole milliseconds, 1 or more. */
      readonly billedMs: number;
      readonly memoryMb: number;
    }
  /** An event that a bus took of whoever put it. What rules deliver to queues of the account is not billed as an event. */
  | {
      readonly service: 'event-bridge';
      readonly detailType: string;
      /** What AWS counts of the entry. */
      readonly bytes: number;
      /** The function that asked; absent for anybody else. */
      readonly functionName?: string;
    }
  /**
   * A request to a queue that had to do with messages. A receive that finds none is not told: here one is made whenever something may
   * have come, while AWS's pollers ask all the time, orders or none.
   */
  | {
      readonly service: 'sqs';
      /** Such as `ReceiveMessage`. */
      readonly operation: string;
      /** The queue's name. */
      readonly queue: string;
      readonly messages: number;
      /** Of their bodies; 0 where none is sent or received. */
      readonly bytes: number;
    };

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/** Tells `onUse` the capacity units of every operation that succeeds, whether or not its caller asks for them. */
export function meterTables(
  handle: JsonHandler,
  onUse: (use: Use) => void,
  functionNameOf: (accessKeyId: string) => string | undefined,
): JsonHandler {
  return async (operation, body, caller) => {
    const functionName = functionNameOf(caller.accessKeyId ?? '');
    const { ConsumedCapacity, ...result } = await handle(
      operation,
      { ReturnConsumedCapacity: 'TOTAL', ...body },
      caller,
    );
    for (const consumed of [ConsumedCapacity ?? []].flat() as Consumed[]) {
      onUse({
        service: 'dynamodb',
        operation,
        table: consumed.TableName,
        units: consumed.CapacityUnits,
        ...(functionName !== undefined && { functionName }),
      });
    }
    const isWanted = body.ReturnConsumedCapacity !== undefined && body.ReturnConsumedCapacity !== 'NONE';
    return isWanted ? { ConsumedCapacity, ...result } : result;
  };
}

/** Tells `onUse` each event that PutEvents accepts. */
export function meterEvents(
  handle: JsonHandler,
  onUse: (use: Use) => void,
  functionNameOf: (accessKeyId: string) => string | undefined,
): JsonHandler {
  return async (operation, body, caller) => {
    const answer = await handle(operation, body, caller);
    if (operation !== 'PutEvents') return answer;
    const functionName = functionNameOf(caller.accessKeyId ?? '');
    const outcomes = answer.Entries as Array<{ readonly EventId?: string }>;
    for (const [index, entry] of (body.Entries as Array<Record<string, unknown>>).entries()) {
      if (outcomes[index]?.EventId === undefined) continue;
      onUse({
        service: 'event-bridge',
        detailType: String(entry.DetailType),
        bytes: sizeOfEntry(entry),
        ...(functionName !== undefined && { functionName }),
      });
    }
    return answer;
  };
}

/** Tells `onUse` each request of messages that succeeds, whoever makes it: a function, a rule of a bus, or a mapping. */
export function meterQueues(sqs: Sqs, onUse: ((use: Use) => void) | undefined): Sqs {
  if (onUse === undefined) return sqs;
  const handle: Sqs['handle'] = async (operation, body, caller) => {
    const answer = await sqs.handle(operation, body, caller);
    const bodies = bodiesOf(operation, body, answer);
    if (bodies === undefined || bodies.length === 0) return answer;
    const queue = String(body.QueueUrl).split(/[/:]/).at(-1) ?? '';
    const bytes = bodies.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    onUse({ service: 'sqs', operation, queue, messages: bodies.length, bytes });
    return answer;
  };
  return {
    ...sqs,
    handle,
    send: async (queueArn, body) => {
      await handle('SendMessage', { QueueUrl: queueArn, MessageBody: body });
    },
  };
}

type Document = Readonly<Record<string, unknown>>;

/** The body of each message that a request sends, receives or, empty, deletes; `undefined` for other requests. */
function bodiesOf(operation: string, request: Document, answer: Document): string[] | undefined {
  const texts = (list: unknown, name: string) =>
    ((list ?? []) as Document[]).map((each) => (each[name] as string | undefined) ?? '');
  switch (operation) {
    case 'SendMessage':
      return texts([request], 'MessageBody');
    case 'SendMessageBatch':
      return texts(request.Entries, 'MessageBody');
    case 'ReceiveMessage':
      return texts(answer.Messages, 'Body');
    case 'DeleteMessage':
      return [''];
    case 'DeleteMessageBatch':
      return texts(answer.Successful, 'MessageBody');
    default:
      return undefined;
  }
}
