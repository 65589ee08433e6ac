import { AwsError } from '../aws-error';

/** One operation of a service: the parameters that it understands here, and what it does. */
export interface Operation {
  readonly understands: readonly string[];
  run(body: Body): Record<string, unknown>;
}

/** The parameters of a request. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * Does one operation out of a table.
 *
 * @throws {AwsError} `UnknownOperationException` for an operation that is not in it, `invalidCode` for a parameter that is
 *   given and not understood.
 */
export async function runOperation(
  service: {
    readonly name: string;
    readonly operations: Readonly<Record<string, Operation>>;
    readonly invalidCode: string;
  },
  operation: string,
  body: Body,
): Promise<Record<string, unknown>> {
  const { name, operations, invalidCode } = service;
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (known === undefined) {
    const names = Object.keys(operations).join(', ');
    throw new AwsError('UnknownOperationException', `the local ${name} does not support ${operation}; it has ${names}`);
  }
  const others = Object.keys(body).filter((member) => !known.understands.includes(member));
  if (others.length > 0) {
    throw new AwsError(invalidCode, `the local ${name} does not support ${others.join(', ')} of ${operation}`);
  }
  return known.run(body);
}

/** An integer parameter, `fallback` when absent. @throws {AwsError} with `invalidCode` when it is not in the range. */
export function integerIn(
  body: Body,
  name: string,
  [minimum, maximum]: readonly [number, number],
  invalidCode: string,
  fallback: number,
): number {
  const value = body[name] ?? fallback;
  if (Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum) return Number(value);
  throw new AwsError(
    invalidCode,
    `${name} must be an integer from ${minimum} to ${maximum}, got ${JSON.stringify(value)}`,
  );
}
