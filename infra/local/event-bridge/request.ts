import { AwsError } from '../aws-error';

/** The members of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** @throws {AwsError} `ValidationException` when the member is absent or not a text */
export function textOf(body: Body, member: string): string {
  const value = body[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value ${JSON.stringify(value ?? null)} at '${member}' failed to satisfy constraint: Member must be a string that is not empty`,
  );
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function isInvalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

const MAX_PAGE_SIZE = 100;

/**
 * A page of the items whose names begin with `NamePrefix`, by name, as `Limit` and `NextToken` of the request say: the list
 * under `member`, and the token of the next page if there is one.
 */
export function page<T>(items: readonly T[], nameOf: (item: T) => string, member: string, body: Body) {
  const { NamePrefix = '', Limit: limit = MAX_PAGE_SIZE, NextToken } = body;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw isInvalid(`Limit must be an integer from 1 to ${MAX_PAGE_SIZE}, got ${JSON.stringify(limit)}`);
  }
  const after = NextToken === undefined ? '' : Buffer.from(String(NextToken), 'base64url').toString();
  const rest = items
    .filter((item) => nameOf(item).startsWith(String(NamePrefix)) && nameOf(item) > after)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const isMore = shown.length < rest.length && last !== undefined;
  return {
    [member]: shown,
    ...(isMore && { NextToken: Buffer.from(nameOf(last)).toString('base64url') }),
  };
}
