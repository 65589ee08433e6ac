import { AwsError } from '../aws-error';

/** The parameters of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** What a service does for a request, and the parameters that it understands. */
export interface Operation {
  readonly understands: readonly string[];
  run(body: Body): Record<string, unknown>;
}

/** The operations of a service by name, and its error code for a request that breaks a rule. */
interface Service {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly invalidCode: string;
}

/**
 * Does one operation of a service.
 *
 * @throws {AwsError} `UnknownOperationException` when the service does not have it, `invalidCode` for a parameter that it does
 *   not understand.
 */
export function runOperation(service: Service, operation: string, body: Body): Record<string, unknown> {
  const known = service.operations[operation];
  if (known === undefined) {
    throw new AwsError('UnknownOperationException', `the local cloud does not support ${operation}`);
  }
  const unknown = Object.keys(body).find((name) => !known.understands.includes(name));
  if (unknown === undefined) return known.run(body);
  throw new AwsError(service.invalidCode, `the local cloud does not support ${unknown} of ${operation}`);
}
