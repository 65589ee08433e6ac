import { toBusName } from './names';
import { notFound } from './request';

/** A bus that exists. */
export interface EventBus {
  readonly name: string;
  readonly createdAtMs: number;
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function getBus(buses: ReadonlyMap<string, EventBus>, nameOrArn: unknown): EventBus {
  const name = toBusName(nameOrArn);
  const bus = buses.get(name);
  if (bus === undefined) throw notFound(`Event bus ${name} does not exist.`);
  return bus;
}
