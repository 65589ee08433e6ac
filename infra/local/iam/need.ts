import type { RequestContext } from './condition';

/** One thing that must be allowed for a call. */
export interface Need {
  readonly action: string;
  /** An ARN, `*` for an action that is about no certain resource. */
  readonly resource: string;
  /** What conditions may ask about. */
  readonly context?: RequestContext;
}

/** What is to be known beside the request. */
export interface NeedSources {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** The ARN, with its six random characters, of the secret with this name or ARN; the text itself when there is none. */
  secretArn(nameOrArn: string): string;
  /** The ARN of the stream that a shard iterator is of; empty when it is none. */
  streamArnOf(shardIterator: string): string;
  /** The name of the partition key of a table, named by itself or by its ARN, or of one of its indexes; `undefined` where there is none. */
  partitionKeyOf(table: string, index?: string): string | undefined;
  /** The ARNs of the queues whose dead-letter queue this is. */
  sourceQueueArns(deadLetterQueueArn: string): readonly string[];
}

export type Body = Readonly<Record<string, unknown>>;
export type NeedsOf = (body: Body, sources: NeedSources) => Need[];

/** Finds the ARN in a request; empty when the request does not name a resource. */
export type ResourceOf = (body: Body, sources: NeedSources) => string;

/** Operations, separated by spaces, that need the action of their own name on one resource. */
export function ownAction(service: string, resourceOf: ResourceOf, operations: string): Record<string, NeedsOf> {
  const needOf =
    (operation: string): NeedsOf =>
    (body, sources) => [{ action: `${service}:${operation}`, resource: resourceOf(body, sources) }];
  return Object.fromEntries(operations.split(' ').map((operation) => [operation, needOf(operation)]));
}

/** For actions that are about no certain resource. */
export const anyResource: ResourceOf = () => '*';

/** The ARN that a member of the request gives. */
export function arnIn(member: string): ResourceOf {
  return (body) => textIn(body[member]);
}

/** The text, empty when it is none. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The objects in a list, or nothing when it is no list. */
export function objectsIn(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'object' && element !== null) : [];
}

/** The ARN of something of this account, empty when it has no name; a name that is an ARN already is left as it is. */
export function arnOf(service: string, { region, accountId }: NeedSources, prefix: string, name: unknown): string {
  const text = textIn(name);
  return text === '' || text.startsWith('arn:') ? text : `arn:aws:${service}:${region}:${accountId}:${prefix}${text}`;
}
