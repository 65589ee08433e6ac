/** Where a bus is. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export const DEFAULT_BUS = 'default';

export function eventBusArn(place: Place, busName: string): string {
  return eventsArn(place, `event-bus/${busName}`);
}

/** The ARN of a rule; it names the bus unless that is the default one. */
export function ruleArn(place: Place, busName: string, ruleName: string): string {
  return eventsArn(place, busName === DEFAULT_BUS ? `rule/${ruleName}` : `rule/${busName}/${ruleName}`);
}

export function archiveArn(place: Place, archiveName: string): string {
  return eventsArn(place, `archive/${archiveName}`);
}

export function eventsArn({ region, accountId }: Place, resource: string): string {
  return `arn:aws:events:${region}:${accountId}:${resource}`;
}

/** The name of a bus, given by name or ARN; of the default one when nothing is given. */
export function toBusName(nameOrArn: unknown): string {
  return nameOrArn === undefined ? DEFAULT_BUS : String(nameOrArn).replace(/^arn:.*:event-bus\//, '');
}

/** The name of an archive, given by ARN. */
export function toArchiveName(arn: unknown): string {
  return String(arn).replace(/^arn:.*:archive\//, '');
}
