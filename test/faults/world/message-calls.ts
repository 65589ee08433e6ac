import { AwsError } from '../../../infra/local/aws-error';
import type { DynamoDb } from '../../../infra/local/dynamodb/dynamodb';
import type { Crossings } from './crossings';
import type { Invocation } from './environment';
import type { PlayedRequest } from './played-packages';
import { type PlayedResponse, respond, timeLimitOf } from './played-response';
import type { Queues } from './queues';
import { serviceError } from './sdk-calls';

/** What the calls of functions that deal with dead letters need. */
export interface MessageCallsOptions {
  readonly crossings: Crossings;
  readonly queues: Queues;
  readonly db: Pick<DynamoDb, 'handleStreams'>;
}

/** What a function puts into a queue by itself, such as a dead letter. */
export async function callQueues(
  { crossings, queues }: MessageCallsOptions,
  { phase, orderId }: Invocation,
  request: PlayedRequest,
): Promise<PlayedResponse> {
  const { operation, input } = readAwsRequest(request);
  const queue = String(input.QueueUrl).split('/').at(-1);
  try {
    const answer = await crossings.cross({
      call: { edge: 'bus', name: `${operation} ${queue}`, phase, ...(orderId !== undefined && { orderId }) },
      perform: () => queues.handle(operation, input),
      toError: serviceError,
      ...timeLimitOf(request),
    });
    return respond(200, JSON.stringify(answer));
  } catch (error) {
    if (error instanceof AwsError) return respond(error.status, toAwsProblem(error));
    throw error;
  }
}

/** The records that a dead letter names. What reads them is redriven by people. */
export async function readStream({ db }: MessageCallsOptions, request: PlayedRequest): Promise<PlayedResponse> {
  const { operation, input } = readAwsRequest(request);
  try {
    return respond(200, JSON.stringify(await db.handleStreams(operation, input)));
  } catch (error) {
    if (error instanceof AwsError) return respond(error.status, toAwsProblem(error));
    throw error;
  }
}

/** A request of the protocols JSON 1.0 and 1.1. */
function readAwsRequest({ headers = {}, body = '{}' }: PlayedRequest) {
  const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
  return { operation: target?.split('.').at(-1) ?? '', input: JSON.parse(body) as Record<string, unknown> };
}

function toAwsProblem({ code, message }: AwsError): string {
  return JSON.stringify({ __type: code, message });
}
