import type { Clock } from '../clock';

/** What the gateway needs to call functions. */
export interface LambdaAccess {
  /** Runs a function; rejects when the Lambda service refuses the invocation, such as for throttling. */
  invokeLambda: (functionArn: string, payload: string) => Promise<{ payload: string; functionError?: string }>;
  /** Whether the function's resource policy lets API Gateway invoke it on behalf of `sourceArn`. */
  isInvokable: (functionArn: string, sourceArn: string) => boolean;
  clock: Clock;
}

/** How a call of a function ended. */
export type LambdaOutcome =
  | { kind: 'answered'; payload: string; functionError?: string }
  | { kind: 'forbidden' }
  | { kind: 'refused'; reason: string }
  | { kind: 'timed-out' };

/** Calls a function and waits `timeoutMs` at most; what comes later is dropped. Never rejects. */
export function callLambda(
  access: LambdaAccess,
  call: { functionArn: string; sourceArn: string; event: unknown; timeoutMs: number },
): Promise<LambdaOutcome> {
  if (!access.isInvokable(call.functionArn, call.sourceArn)) return Promise.resolve({ kind: 'forbidden' });
  return new Promise((resolve) => {
    const cancelTimeout = access.clock.after(call.timeoutMs, () => resolve({ kind: 'timed-out' }));
    const settle = (outcome: LambdaOutcome) => {
      cancelTimeout();
      resolve(outcome);
    };
    access.invokeLambda(call.functionArn, JSON.stringify(call.event)).then(
      (answer) => settle({ kind: 'answered', ...answer }),
      (error: unknown) => settle({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) }),
    );
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
    /^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:[a-z-]+:lambda:[A-Za-z0-9:_$-]+)\/invocations$/,
  );
  if (!match?.[1]) throw new Error(`${where}: the URI must be ${form}, got ${JSON.stringify(uri)}`);
  return match[1];
}
