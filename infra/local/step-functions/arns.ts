/** Where the machines of a room live: the region and the account of every ARN. */
export interface Place {
  region: string;
  accountId: string;
}

/** The ARN of the state machine called `name`. */
export function stateMachineArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
}

/** The ARN of the execution called `executionName` of the state machine called `machineName`. */
export function executionArn({ region, accountId }: Place, machineName: string, executionName: string): string {
  return `arn:aws:states:${region}:${accountId}:execution:${machineName}:${executionName}`;
}
