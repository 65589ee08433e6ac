import { AwsError } from '../aws-error';
import { MAX_DATA_BYTES } from './state-error';

/** The members that requests have; which of them an operation takes, its entry in the table of operations says. */
export interface Request {
  stateMachineArn: string;
  executionArn: string;
  name?: string;
  input?: string;
  traceHeader?: string;
  clientToken?: string;
  error?: string;
  cause?: string;
  statusFilter?: string;
  reverseOrder?: boolean;
  maxResults?: number;
  nextToken?: string;
}

const STATUSES: readonly unknown[] = ['SUCCEEDED', 'TIMED_OUT', 'ABORTED', 'FAILED', 'RUNNING', undefined];

/**
 * Reads the body of a request, which must have an ARN when `members` names one.
 *
 * @throws {AwsError} `ValidationException` when it has another member, or one that is not as it must be; `InvalidArn`
 */
export function readRequest(body: Record<string, unknown>, members: ReadonlyArray<keyof Request>): Request {
  const { statusFilter, maxResults = 0 } = body;
  const other = Object.keys(body).find((member) => !(members as readonly string[]).includes(member));
  if (other !== undefined) throw invalid(other, `Member is not supported here; supported are ${members.join(', ')}`);
  if (!STATUSES.includes(statusFilter)) throw invalid('statusFilter', `Member must be one of: ${STATUSES.join(', ')}`);
  if (!(Number(maxResults) >= 0 && Number(maxResults) <= 1000)) {
    throw invalid('maxResults', 'Member must be from 0 to 1000');
  }
  const arnMember = members.find((member) => member.endsWith('Arn'));
  if (arnMember !== undefined) checkArn(arnMember, body[arnMember]);
  return body as unknown as Request;
}

/**
 * A page of the items in the order of their places. Its token says after which place the next one begins, so that items
 * which come or go between two pages shift nothing.
 *
 * @throws {AwsError} `InvalidToken`
 */
export function page<T>(
  items: readonly T[],
  placeOf: (item: T) => number,
  { nextToken, maxResults }: Request,
): { shown: T[]; nextToken?: string } {
  const after = nextToken === undefined ? Number.NEGATIVE_INFINITY : Number(/^after (-?\d+)$/.exec(nextToken)?.[1]);
  if (Number.isNaN(after)) throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const rest = items.filter((item) => placeOf(item) > after).sort((a, b) => placeOf(a) - placeOf(b));
  const shown = rest.slice(0, maxResults || 100);
  const last = shown.at(-1);
  const isMore = last !== undefined && shown.length < rest.length;
  return { shown, nextToken: isMore ? `after ${placeOf(last)}` : undefined };
}

/** Whitespace, brackets, wildcards, special and control characters are not allowed in a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule of the service names them
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_RequestSyntax */
const MAX_TRACE_HEADER_LENGTH = 256;

/**
 * Checks the name and the input of a new execution, and its trace header.
 *
 * @throws {AwsError} `InvalidName`; `InvalidExecutionInput` when the input is no JSON or has too many bytes; `ValidationException`
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function checkStart({
  name,
  input,
  traceHeader = '',
}: Record<'name' | 'input', string> & Pick<Request, 'traceHeader'>): void {
  if (traceHeader.length > MAX_TRACE_HEADER_LENGTH) {
    throw invalid('traceHeader', `Member must have length less than or equal to ${MAX_TRACE_HEADER_LENGTH}`);
  }
  if (name.length < 1 || name.length > 80 || FORBIDDEN_IN_NAME.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
  try {
    JSON.parse(input);
    if (Buffer.byteLength(input) > MAX_DATA_BYTES) throw new Error(`at most ${MAX_DATA_BYTES} bytes are allowed`);
  } catch (error) {
    const what = `Invalid State Machine Execution Input: '${(error as Error).message}'`;
    throw new AwsError('InvalidExecutionInput', what);
  }
}

function invalid(member: string, rule: string): AwsError {
  const what = `Value at '${member}' failed to satisfy constraint: ${rule}`;
  return new AwsError('ValidationException', `1 validation error detected: ${what}`);
}

/** @throws {AwsError} `ValidationException` without an ARN; `InvalidArn` when it is none, or one of an Express execution, which no operation takes */
function checkArn(member: string, arn: unknown): void {
  if (typeof arn !== 'string') throw invalid(member, 'Member must not be null');
  const isExpress = arn.startsWith('arn:aws:states:') && arn.split(':')[5] === 'express';
  if (isExpress) throw invalidArn('Resource type not valid in this context: express');
  if (!arn.startsWith('arn:')) throw invalidArn(`Invalid ARN prefix: ${arn}`);
}

function invalidArn(what: string): AwsError {
  return new AwsError('InvalidArn', `Invalid Arn: '${what}'`);
}
