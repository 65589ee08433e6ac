import type { CallService } from '../../lib/mesh/aws-lambda-call';

/** Plays the other services: answers every call with `output`, or fails with it when it is an error. */
export function answering(output: unknown) {
  const call = jest.fn(async (ref: { service: string; handler: string }, input: unknown) => {
    void [ref, input];
    if (output instanceof Error) throw output;
    return output;
  });
  return Object.assign(call as unknown as CallService, {
    /** What was asked so far, as `service/handler` and input. */
    asked: () => call.mock.calls.map(([{ service, handler }, input]) => [`${service}/${handler}`, input]),
  });
}
