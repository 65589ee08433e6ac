import { AwsError } from '../aws-error';
import { MAX_DATA_BYTES } from './state-error';

/** The body of a request, member by member; each reader throws `ValidationException` when the member is not as it says. */
export interface Request {
  text(member: string): string;
  /** `maxLength` in characters; none unless told. */
  optionalText(member: string, maxLength?: number): string | undefined;
  flag(member: string, fallback: boolean): boolean;
  oneOf<T extends string>(member: string, allowed: readonly T[]): T | undefined;
  /** The most entries a page may have: 1 to 1000; 0 or nothing means 100. */
  pageSize(): number;
}

/**
 * Reads the body of a request.
 *
 * @throws {AwsError} `ValidationException` when it has a member that this service does not know
 */
export function readRequest(body: Record<string, unknown>, members: readonly string[]): Request {
  for (const member of Object.keys(body)) {
    if (!members.includes(member)) throw invalid(`${member} is not supported; supported are ${members.join(', ')}`);
  }
  const optionalText = (member: string, maxLength = Number.POSITIVE_INFINITY) => {
    const value = body[member];
    if (value !== undefined && typeof value !== 'string') throw invalid(`${member} must be a string`);
    if (value === undefined || value.length <= maxLength) return value;
    const rule = `Member must have length less than or equal to ${maxLength}`;
    throw invalid(`Value at '${member}' failed to satisfy constraint: ${rule}`);
  };
  return {
    optionalText,
    text(member) {
      const value = optionalText(member);
      if (value === undefined)
        throw invalid(`Value null at '${member}' failed to satisfy constraint: Member must not be null`);
      return value;
    },
    flag(member, fallback) {
      const value = body[member] ?? fallback;
      if (typeof value !== 'boolean') throw invalid(`${member} must be a boolean`);
      return value;
    },
    oneOf(member, allowed) {
      const value = optionalText(member);
      const found = allowed.find((candidate) => candidate === value);
      if (value === undefined || found !== undefined) return found;
      const rule = `Member must satisfy enum value set: [${allowed.join(', ')}]`;
      throw invalid(`Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`);
    },
    pageSize() {
      const value = body.maxResults ?? 0;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1000) {
        throw invalid(`maxResults must be an integer from 0 to 1000, got ${JSON.stringify(value)}`);
      }
      return value === 0 ? 100 : value;
    },
  };
}

/** Marks a token as one of ours. */
const AFTER = 'after ';

/**
 * A page of the items in the order of their keys, and the token of the next page. A token says after which key to go on,
 * so that items which come or go between two pages shift nothing.
 *
 * @throws {AwsError} `InvalidToken`
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: Request,
): { items: T[]; nextToken?: string } {
  const token = request.optionalText('nextToken');
  const after = token === undefined ? AFTER : Buffer.from(token, 'base64url').toString();
  if (!after.startsWith(AFTER)) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);

  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after.slice(AFTER.length))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = rest.slice(0, request.pageSize());
  const last = shown.at(-1);
  const isMore = shown.length < rest.length && last !== undefined;
  return {
    items: shown.map(({ item }) => item),
    ...(isMore && { nextToken: Buffer.from(AFTER + last.key).toString('base64url') }),
  };
}

/** A key part that sorts like the number, the smallest first. */
export function ascending(value: number): string {
  return String(value).padStart(16, '0');
}

/** A key part that sorts the greatest number first. */
export function descending(value: number): string {
  return ascending(Number.MAX_SAFE_INTEGER - value);
}

/** Whitespace, brackets, wildcards, special and control characters are not allowed in a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule of the service names them
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/**
 * The name of a new execution.
 *
 * @throws {AwsError} `InvalidName`
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function checkName(name: string): string {
  if (name.length >= 1 && name.length <= 80 && !FORBIDDEN_IN_NAME.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

/**
 * The input of a new execution.
 *
 * @throws {AwsError} `InvalidExecutionInput` when it is no JSON or has too many bytes
 */
export function checkInput(input: string): string {
  const bytes = Buffer.byteLength(input);
  if (bytes > MAX_DATA_BYTES) throw invalidInput(`at most ${MAX_DATA_BYTES} bytes are allowed, got ${bytes}`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw invalidInput((error as Error).message);
  }
  return input;
}

function invalidInput(what: string): AwsError {
  return new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${what}'`);
}

function invalid(what: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${what}`);
}
