/** The program of one execution environment: it loads a function and runs one invocation at a time, frozen in between. */
import { pathToFileURL } from 'node:url';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { EnvironmentSetup, InvocationMessage, WorkerMessage } from '../protocol';
import { captureOutput } from './capture-output';
import { RuntimeError, toErrorPayload } from './runtime-error';
import { shiftDate } from './shifted-date';

type Handler = (event: unknown, context: unknown) => unknown;

const setup = workerData as EnvironmentSetup;
const wakeSignal = new Int32Array(setup.wakeSignal);
const clockOffset = new BigInt64Array(setup.clockOffset);
const say = (message: WorkerMessage) => parentPort?.postMessage(message);

shiftDate(() => Number(Atomics.load(clockOffset, 0)));
captureOutput(process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON', (line) => say({ type: 'log', line }));
announceExit();
void main();

async function main(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler(setup.handlerFile, setup.handler);
  } catch (error) {
    say(fatal(error));
    return;
  }
  say({ type: 'ready' });
  for (;;) {
    const invocation = awaitInvocation();
    say(await answer(handler, invocation));
  }
}

/** @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client */
async function loadHandler(file: string, handler: string): Promise<Handler> {
  const exportName = handler.slice(handler.lastIndexOf('.') + 1);
  const module = await import(pathToFileURL(file).href);
  // A CommonJS file may hide its exports from static analysis; all of them are on `default`.
  const found = module[exportName] ?? module.default?.[exportName];
  if (typeof found === 'function') return found;
  throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
}

/**
 * Blocks the whole thread until the next event comes. That is the freeze: no timer, promise or socket of the function runs
 * between two invocations, as on AWS.
 */
function awaitInvocation(): InvocationMessage {
  Atomics.wait(wakeSignal, 0, 0);
  Atomics.store(wakeSignal, 0, 0);
  if (parentPort === null) throw new Error('an execution environment runs in a worker thread');
  const received = receiveMessageOnPort(parentPort);
  if (received === undefined) throw new Error('the execution environment was woken without an invocation');
  return received.message;
}

async function answer(handler: Handler, invocation: InvocationMessage): Promise<WorkerMessage> {
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    return { type: 'answer', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { type: 'error', error: toErrorPayload(error), isFatal: false };
  }
}

function fatal(thrown: unknown): WorkerMessage {
  return { type: 'error', error: toErrorPayload(thrown), isFatal: true };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, deadlineAt, invokedFunctionArn }: InvocationMessage): Record<string, unknown> {
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
}

/** The room must tell a function that ended its process from one whose promise never settled: only the first announces it. */
function announceExit(): void {
  const exit = process.exit.bind(process);
  process.exit = ((code?: number | string | null) => {
    say({ type: 'exit', code: Number(code ?? process.exitCode ?? 0) });
    return exit(code);
  }) as typeof process.exit;
  process.on('uncaughtException', (error) => say(fatal(error)));
  process.on('unhandledRejection', (reason) => {
    const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason));
    say(fatal(error));
  });
}
