import type { GenericSchema, InferOutput } from 'valibot';
import { EventInvalidError, UnknownVersionError } from '../errors/event-errors';
import { validate } from '../http/validate';
import type { EventContract } from '../service/event-contract';

/** The version in which events of this contract are written today. */
export function newestVersion({ versions }: EventContract): number {
  return versions.length;
}

/**
 * The data of an event as the schema of their version has them: members that it does not know are left out.
 *
 * @throws {UnknownVersionError} when the contract has no such version
 * @throws {EventInvalidError} when the data break it
 */
export function checkData(contract: EventContract, version: number, data: unknown): unknown {
  const schema = contract.versions[version - 1]?.schema;
  if (!schema) throw new UnknownVersionError(contract.type, [version], newestVersion(contract));
  return check(`${contract.type} version ${version}`, schema, data, 'data');
}

/**
 * Makes data of one version into those of another, version by version, each checked: upwards by `upcast`, downwards by `downcast`.
 *
 * @throws {UnknownVersionError} when the contract has not got both versions
 * @throws {EventInvalidError} when the data break the schema of a version on the way
 */
export function castData(contract: EventContract, from: number, to: number, data: unknown): unknown {
  const checked = checkData(contract, from, data);
  if (from === to) return checked;
  const next = from < to ? from + 1 : from - 1;
  // Both casts between two versions belong to the later one.
  const between = contract.versions[Math.max(from, next) - 1];
  const cast = from < to ? between?.upcast : between?.downcast;
  if (!cast) throw new UnknownVersionError(contract.type, [next], newestVersion(contract));
  return castData(
    contract,
    next,
    to,
    runCast(`${contract.type} version ${next}`, () => cast(checked)),
  );
}

function runCast(event: string, cast: () => unknown): unknown {
  try {
    return cast();
  } catch (error) {
    throw new EventInvalidError(event, [`it cannot be made of the version beside it`], error);
  }
}

/** The checked value. @throws {EventInvalidError} which tells the place and what is wanted, and not what was found. */
export function check<Schema extends GenericSchema>(
  event: string,
  schema: Schema,
  value: unknown,
  root: string,
): InferOutput<Schema> {
  const result = validate(schema, value, root);
  if ('value' in result) return result.value;
  const problems = result.errors.map(({ path, message }) => `${path} ${withoutValue(message)}`);
  throw new EventInvalidError(event, problems);
}

/** A message ends in the value that was found, which may be anybody's name: what an event holds is not for the log. */
function withoutValue(message: string): string {
  const [wanted = ''] = message.split(', got ');
  return /^(must|is) /.test(wanted) ? wanted : 'is not valid';
}
