import type { GenericSchema, InferInput, InferOutput } from 'valibot';
import type { EventContract, Subscription } from './event-contract';

/** Every scope an access token can carry (the resource server of the user pool is made from this list). */
export const SCOPES = [
  'orders:read',
  'orders:write',
  'inventory:read',
  'inventory:write',
  'payments:read',
  'shipments:read',
  'tasks:read',
  'tasks:write',
  'notifications:read',
  'ops',
] as const;
export type Scope = (typeof SCOPES)[number];

/** The DynamoDB actions that a handler may be granted. There is no "read" or "write" in bulk: each is named. */
export type TableAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query' | 'BatchGetItem';

/** A service: what it owns, what it answers, what it may do. Plain data, read by the infrastructure and by other services. */
export interface ServiceContract {
  /** kebab-case; the folder's name, and a part of every resource name. */
  readonly name: string;
  /** Semantic version of the service's operations. */
  readonly version: string;
  /** One sentence for the README and the OpenAPI document. */
  readonly summary: string;
  /** Stands in for parties outside, and is deployed only while one of them has no address of its own. */
  readonly standIn?: true;
  readonly table?: TableContract;
  /** Its table keeps the circuits of all services, each of which reaches its own only. Exactly one service has it. */
  readonly keepsCircuits?: true;
  /** Parties outside the system that this service calls, by role. */
  readonly parties?: Readonly<Record<string, PartyContract>>;
  /** The events that it tells. Its one handler with a `relay` trigger puts them on the bus. */
  readonly events?: readonly EventContract[];
  /** kebab-case verb-noun; the file `handlers/<name>.ts`. */
  readonly handlers: Readonly<Record<string, HandlerContract>>;
}

/** The one table of a service. Keys are strings. */
export interface TableContract {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Global secondary indexes by name. They hold keys only, so that a change of state costs no second write. */
  readonly indexes?: Readonly<Record<string, { readonly partitionKey: string; readonly sortKey: string }>>;
  /** The attribute with the epoch second after which an item is deleted. */
  readonly timeToLive?: string;
  /** Whether changes are streamed to handlers with a `stream` trigger (new and old images). */
  readonly stream?: true;
}

/** A party outside: reached by HTTPS at a URL, with a bearer secret. */
export interface PartyContract {
  /** CDK context key that names its URL, such as `paymentProviderUrl`. */
  readonly urlContext: string;
  /** Who plays it while the context names none. */
  readonly standIn: { readonly service: string; readonly handler: string };
}

export interface HandlerContract {
  readonly trigger: Trigger;
  /** 1 to 28 for a route (the API gives up at 29), 1 to 900 otherwise. */
  readonly timeoutSeconds: number;
  /** Default 256. */
  readonly memoryMb?: number;
  /** What it may do to the service's own table. */
  readonly table?: readonly TableAction[];
  /** What it may do to an index of the table, by the index's name. */
  readonly indexes?: Readonly<Record<string, readonly 'Query'[]>>;
  /** Operations of other services that it calls, as `service/handler`. */
  readonly calls?: readonly string[];
  /** Sagas that it starts, by name. */
  readonly starts?: readonly string[];
  /** Sagas whose unfinished executions it takes up: it looks whether one is running, and starts another that repairs or undoes. */
  readonly repairs?: readonly string[];
  /** Sagas that it undoes: it looks whether an execution is running, and starts one that only undoes. */
  readonly undoes?: readonly string[];
  /** Sagas whose executions it reads, by name. */
  readonly watches?: readonly string[];
  /** The role of the outside party that it calls. The service's circuits come with it. */
  readonly party?: string;
  /** Gets the circuits that contracts declare: one for each party of each service. */
  readonly circuits?: true;
  /** Reads the stand-in's own secret (see {@link ServiceContract.standIn}). */
  readonly ownSecret?: true;
  /** Gets the issuer and audience of access tokens. */
  readonly tokens?: true;
  /** Looks into the dead-letter queues of all consumers, or also has what is in them delivered again. */
  readonly deadLetters?: 'read' | 'redrive';
  /** Starts replays of the bus's archive. */
  readonly replays?: true;
}

export type Trigger =
  | HttpTrigger
  | StepTrigger
  | QueryTrigger
  | StreamTrigger
  | RelayTrigger
  | EventsTrigger
  | ScheduleTrigger
  | UrlTrigger
  | AuthorizerTrigger;

/** Answers one or more routes of the API. */
export interface HttpTrigger {
  readonly kind: 'http';
  readonly routes: readonly RouteContract[];
}

/** A step or an undo of a saga: called by the state machine with a command. */
export interface StepTrigger<
  Command extends GenericSchema = GenericSchema,
  Result extends GenericSchema = GenericSchema,
> {
  readonly kind: 'step';
  /** PascalCase imperative, such as `ReserveStock`: the name of the state. */
  readonly name: string;
  readonly command: Command;
  readonly result: Result;
}

/** Asked by other services, which must name it in `calls`. */
export interface QueryTrigger<
  Input extends GenericSchema = GenericSchema,
  Output extends GenericSchema = GenericSchema,
> {
  readonly kind: 'query';
  readonly input: Input;
  readonly output: Output;
}

/** Fed with the changes of the service's own table. */
export interface StreamTrigger {
  readonly kind: 'stream';
  /** The changes that it gets, 1 to 5 kinds; the others cost no invocation. */
  readonly changes: readonly ChangeFilter[];
  /** 1 to 1,000 records an invocation. */
  readonly batchSize: number;
}

/** One kind of change of an item. */
export interface ChangeFilter {
  readonly event: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Only changes by which each of these attributes, which are strings, got this value, having had another one or none. */
  readonly becomes?: Readonly<Record<string, string>>;
}

/** Fed with the changes of the service's own table by which events were written into items, and puts these on the bus. */
export interface RelayTrigger {
  readonly kind: 'relay';
  /** 1 to 1,000 records an invocation. */
  readonly batchSize: number;
  /**
   * 1 to 5 kinds of changes, beside which none emits: for a table whose items are written often, and seldom emit. Default: every change
   * of an item that has emitted before, or does.
   */
  readonly changes?: readonly ChangeFilter[];
}

/** Fed with events of the bus, through a queue of its own. A service takes each type by one handler at most. */
export interface EventsTrigger<Consumes extends readonly Subscription[] = readonly Subscription[]> {
  readonly kind: 'events';
  readonly consumes: Consumes;
  /** 1 to 10 events an invocation. */
  readonly batchSize: number;
  /** 2 to 1,000 invocations at once. */
  readonly maximumConcurrency: number;
}

/** Runs again and again. A run that fails is not repeated: the next one finds what it left. */
export interface ScheduleTrigger {
  readonly kind: 'schedule';
  /** 1 or more. */
  readonly everyMinutes: number;
}

/** Has an HTTPS address of its own (a Lambda function URL), and checks its callers itself. */
export interface UrlTrigger {
  readonly kind: 'url';
  /** Output of the stack that tells the address, such as `SandboxUrl`. */
  readonly output?: string;
}

/** Decides which routes the bearer of a token may use. There is exactly one. */
export interface AuthorizerTrigger {
  readonly kind: 'authorizer';
}

/** One route of the API: its request, its answers, the scope it asks for. */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/v1/orders/{orderId}`. */
  readonly path: string;
  /** camelCase, unique in the API. */
  readonly operationId: string;
  readonly summary: string;
  /** `null`: open to everybody. */
  readonly scope: Scope | null;
  /** Whether the header `Idempotency-Key` is required. */
  readonly idempotencyKey?: true;
  readonly pathParameters?: Readonly<Record<string, GenericSchema>>;
  /** Optional query parameters; numbers are written in decimal. */
  readonly query?: Readonly<Record<string, GenericSchema>>;
  readonly body?: GenericSchema;
  /** The answers that are not problems, by status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly body: GenericSchema }>>;
  /** The statuses of problems beside those that every route can answer. */
  readonly problems?: readonly number[];
}

/** Declares a service, keeping the literal types of what is written. */
export function defineService<const Contract extends ServiceContract>(contract: Contract): Contract {
  return contract;
}

/** What a caller gives to a handler with a `step` or `query` trigger. */
export type InputOf<T extends Trigger> =
  T extends StepTrigger<infer Command>
    ? InferInput<Command>
    : T extends QueryTrigger<infer Input>
      ? InferInput<Input>
      : never;

/** What such a handler answers. */
export type OutputOf<T extends Trigger> =
  T extends StepTrigger<GenericSchema, infer Result>
    ? InferOutput<Result>
    : T extends QueryTrigger<GenericSchema, infer Output>
      ? InferOutput<Output>
      : never;

/** The names of a contract's handlers whose trigger is of one kind. */
export type HandlersOf<Contract extends ServiceContract, Kind extends Trigger> = {
  [Name in keyof Contract['handlers'] & string]: Contract['handlers'][Name]['trigger'] extends Kind ? Name : never;
}[keyof Contract['handlers'] & string];

/** The trigger of one handler, as the contract writes it. */
export type TriggerOf<
  Contract extends ServiceContract,
  Name extends keyof Contract['handlers'],
  Kind extends Trigger,
> = Extract<Contract['handlers'][Name]['trigger'], Kind>;

/** The trigger of one handler at run time. */
export function triggerOf<Kind extends Trigger>(contract: ServiceContract, name: string, kind: Kind['kind']): Kind {
  const trigger = contract.handlers[name]?.trigger;
  if (trigger?.kind !== kind) throw new Error(`${contract.name}/${name} has no ${kind} trigger`);
  return trigger as Kind;
}
