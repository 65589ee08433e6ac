import { requirePackage } from './bundles';
import { documentClient } from './document-client';

type Wire = Record<string, unknown>;

/** What of a request our code and its libraries give to `fetch`. */
export interface PlayedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** As the environment's own `AbortSignal.timeout` makes it. */
  readonly signal?: { readonly timeoutMs?: number };
}

/** The machine under an execution environment: all that reaches out of it, takes time, or is random. */
export interface Host {
  fetch(url: string, request?: PlayedRequest): Promise<unknown>;
  /** An operation of DynamoDB, in the wire form. */
  table(operation: string, request: Wire): Promise<Wire>;
  /** An operation of Step Functions. */
  states(operation: string, request: Wire): Promise<Wire>;
  /** An operation of EventBridge. `maxAttempts`: tries of the client, the first included. */
  bus(operation: string, request: Wire, maxAttempts?: number): Promise<Wire>;
  wait(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/**
 * A package as the code of a function gets it: the real one, but for the clients, which talk to the host, and for what tells the
 * time or is random. Requests are not signed.
 */
export function packageOf(name: string, host: Host): unknown {
  switch (name) {
    case '@aws-sdk/client-dynamodb':
      return withOwn(name, { DynamoDBClient: Nothing });
    case '@aws-sdk/lib-dynamodb':
      return withOwn(name, { DynamoDBDocumentClient: { from: () => documentClient(host.table) } });
    case '@aws-sdk/client-sfn':
      return withOwn(name, { SFNClient: statesClient(host) });
    case '@aws-sdk/client-eventbridge':
      return withOwn(name, { EventBridgeClient: busClient(host) });
    case 'aws4fetch':
      return { AwsClient: unsignedClient(host) };
    case 'node:crypto':
      return withOwn(name, { randomUUID: () => uuidOf(host.random) });
    case 'node:timers/promises':
      return { setTimeout: host.wait };
    default:
      return withOwn(name, {});
  }
}

/**
 * The package with some of its members replaced. The others are inherited, not copied, here as well as by the bundle, which makes
 * a copy of each package's own members whenever an environment starts.
 */
function withOwn(name: string, members: object): object {
  return Object.assign(Object.create(requirePackage(name) as object), members);
}

/** Never asked for anything: the document client is the one that is called. */
class Nothing {}

/** A command of an SDK client. */
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Wire;
}

function operationOf(command: Command): string {
  return command.constructor.name.replace(/Command$/, '');
}

function statesClient({ states }: Host) {
  return class {
    send(command: Command): Promise<Wire> {
      return states(operationOf(command), command.input);
    }
  };
}

function busClient({ bus }: Host) {
  return class {
    constructor(private readonly config: { readonly maxAttempts?: number } = {}) {}
    send(command: Command): Promise<Wire> {
      return bus(operationOf(command), command.input, this.config.maxAttempts);
    }
  };
}

function unsignedClient({ fetch }: Host) {
  return class {
    fetch(url: string, request: PlayedRequest): Promise<unknown> {
      return fetch(url, request);
    }
  };
}

function uuidOf(random: () => number): string {
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}
