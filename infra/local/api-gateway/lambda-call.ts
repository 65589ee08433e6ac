import type { RestApiOptions } from './rest-api';

/** What a function answered, or why there is no answer. */
export type LambdaOutcome =
  | { payload: string; functionError?: string }
  | { failure: 'forbidden' | 'refused' | 'timed-out'; reason: string };

/** Calls a function and waits `timeoutMs` at most; what comes later is dropped. Never rejects. */
export function callLambda(
  { clock, invokeLambda, isInvokable }: RestApiOptions,
  call: { functionArn: string; sourceArn: string; event: unknown; timeoutMs: number; traceHeader: string },
): Promise<LambdaOutcome> {
  const { functionArn, sourceArn, event, timeoutMs, traceHeader } = call;
  if (!isInvokable(functionArn, sourceArn)) {
    return Promise.resolve({ failure: 'forbidden', reason: 'Invalid permissions on Lambda function' });
  }
  return new Promise((resolve) => {
    const cancelTimeout = clock.after(timeoutMs, () =>
      resolve({ failure: 'timed-out', reason: `no answer in ${timeoutMs} ms` }),
    );
    invokeLambda(functionArn, JSON.stringify(event), traceHeader)
      .catch((error: Error) => ({ failure: 'refused' as const, reason: `Lambda invocation failed: ${error.message}` }))
      .then((outcome) => {
        cancelTimeout();
        resolve(outcome);
      });
  });
}

/**
 * The function that an integration or authorizer URI names.
 *
 * @throws {Error} when the URI is not the invocation of a Lambda function
 */
export function parseFunctionArn(uri: unknown, where: string): string {
  const form = 'arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations';
  const match = String(uri).match(
    /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[A-Za-z0-9:_$-]+)\/invocations$/,
  );
  if (!match?.[1]) throw new Error(`${where}: the URI must be ${form}, got ${JSON.stringify(uri)}`);
  return match[1];
}
