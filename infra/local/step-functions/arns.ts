import { AwsError } from '../aws-error';

/** Where the machines of a room live: the region and the account of every ARN. */
export interface Place {
  region: string;
  accountId: string;
}

/** The ARN of the state machine called `name`. */
export function stateMachineArn(place: Place, name: string): string {
  return `arn:aws:states:${place.region}:${place.accountId}:stateMachine:${name}`;
}

/** The ARN of the execution called `executionName` of the state machine called `machineName`. */
export function executionArn(place: Place, machineName: string, executionName: string): string {
  return `arn:aws:states:${place.region}:${place.accountId}:execution:${machineName}:${executionName}`;
}

/** The ARN of an execution of an Express machine. It ends in an id of its own, since names need not be unique there. */
export function expressExecutionArn(place: Place, machineName: string, executionName: string, id: string): string {
  return `arn:aws:states:${place.region}:${place.accountId}:express:${machineName}:${executionName}:${id}`;
}

/**
 * Takes an execution's ARN apart.
 *
 * @throws {AwsError} `InvalidArn` when it is no ARN or one of an Express execution, which no operation takes;
 * `ExecutionDoesNotExist` when it is one of something else
 */
export function parseExecutionArn(arn: string): { machineName: string; name: string } {
  assertArn(arn);
  const [, , service, , , kind, machineName, name, ...rest] = arn.split(':');
  if (service === 'states' && kind === 'express') {
    throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: express'`);
  }
  if (service !== 'states' || kind !== 'execution' || !machineName || !name || rest.length > 0) {
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }
  return { machineName, name };
}

/** @throws {AwsError} `InvalidArn` when `arn` does not begin like one */
export function assertArn(arn: string): void {
  if (!arn.startsWith('arn:')) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
}
