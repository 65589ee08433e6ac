/** Where a bus is. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export const DEFAULT_BUS = 'default';

export function eventBusArn({ region, accountId }: Place, busName: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${busName}`;
}

/** The ARN of a rule; it names the bus unless that is the default one. */
export function ruleArn({ region, accountId }: Place, busName: string, ruleName: string): string {
  const bus = busName === DEFAULT_BUS ? '' : `${busName}/`;
  return `arn:aws:events:${region}:${accountId}:rule/${bus}${ruleName}`;
}

export function archiveArn({ region, accountId }: Place, archiveName: string): string {
  return `arn:aws:events:${region}:${accountId}:archive/${archiveName}`;
}

export function replayArn({ region, accountId }: Place, replayName: string): string {
  return `arn:aws:events:${region}:${accountId}:replay/${replayName}`;
}

/** The name of a bus, given by name or ARN; of the default one when nothing is given. */
export function toBusName(nameOrArn: unknown): string {
  return nameOrArn === undefined ? DEFAULT_BUS : String(nameOrArn).replace(/^arn:.*:event-bus\//, '');
}

/** The name at the end of an ARN. */
export function lastName(arn: unknown): string {
  return String(arn).split('/').at(-1) ?? '';
}
