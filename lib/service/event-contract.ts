import type { GenericSchema, InferOutput } from 'valibot';

/**
 * One kind of event: who tells it, and the shapes of its data by version. Owners declare it in their contract; consumers name it,
 * with the version that they know, in theirs.
 */
export interface EventContract<
  Type extends string = string,
  Schemas extends readonly GenericSchema[] = readonly GenericSchema[],
> {
  /** The service that tells it: the event's `source` on the bus. */
  readonly source: string;
  /** `<noun>.<past participle>`, such as `order.confirmed`: its `detail-type` on the bus. */
  readonly type: Type;
  /** When it is told, in one sentence. */
  readonly summary: string;
  /** The member of the data that names what the event is about, in every version, such as `orderId`. */
  readonly aggregate: string;
  /** Version 1 first; the last one is the newest. */
  readonly versions: readonly EventVersion[];
  readonly [schemas]?: Schemas;
}

declare const schemas: unique symbol;

/** One version of an event's data. */
export interface EventVersion {
  readonly schema: GenericSchema;
  /** Makes the data of this version of that of the version before. Absent in version 1. */
  readonly upcast?: (older: unknown) => unknown;
  /** Makes the data of the version before, which lives on beside this one: both are published. Absent when that has ended. */
  readonly downcast?: (newer: unknown) => unknown;
}

/** The data of one version of an event. */
export type DataOf<Contract extends EventContract, Version extends number> =
  Contract extends EventContract<string, infer Schemas>
    ? InferOutput<Extract<SchemaAt<Schemas, Version>, GenericSchema>>
    : never;

/** The data of the newest version of an event. */
export type NewestDataOf<Contract extends EventContract> =
  Contract extends EventContract<string, readonly [...GenericSchema[], infer Newest extends GenericSchema]>
    ? InferOutput<Newest>
    : never;

/** Tuples count from 0, versions from 1. */
type SchemaAt<Schemas extends readonly unknown[], Version extends number> = [never, ...Schemas][Version];

/** Declares an event with the schema of its first version. */
export function defineEvent<const Type extends string, Schema extends GenericSchema>(
  { source, type, summary, aggregate }: Pick<EventContract<Type>, 'source' | 'type' | 'summary' | 'aggregate'>,
  schema: Schema,
): EventContract<Type, readonly [Schema]> {
  return { source, type, summary, aggregate, versions: [{ schema }] };
}

/**
 * Adds a version to an event. `upcast` is what lets consumers that know only this version read the ones before; with `downcast` the
 * version before stays alive.
 */
export function nextVersion<
  Type extends string,
  Schemas extends readonly [...GenericSchema[], GenericSchema],
  Schema extends GenericSchema,
>(
  contract: EventContract<Type, Schemas>,
  schema: Schema,
  casts: {
    readonly upcast: (older: NewestDataOf<EventContract<Type, Schemas>>) => InferOutput<Schema>;
    readonly downcast?: (newer: InferOutput<Schema>) => NewestDataOf<EventContract<Type, Schemas>>;
  },
): EventContract<Type, readonly [...Schemas, Schema]> {
  const { source, type, summary, aggregate, versions } = contract;
  return { source, type, summary, aggregate, versions: [...versions, { schema, ...casts } as EventVersion] };
}

/** The versions in which an event is published: the newest, and those before it that live on. Ascending. */
export function liveVersions({ versions }: EventContract): number[] {
  const oldest = versions.findLastIndex(({ downcast }) => downcast === undefined);
  return versions.slice(Math.max(oldest, 0)).map((_, index) => Math.max(oldest, 0) + index + 1);
}

/** An event that a consumer reacts to, in the version that it knows. */
export interface Subscription<Contract extends EventContract = EventContract, Version extends number = number> {
  readonly event: Contract;
  readonly version: Version;
}

/** Names an event and the one version of it that the consumer knows; earlier ones are made into it, later ones are refused. */
export function on<Contract extends EventContract, const Version extends number>(
  event: Contract,
  version: Version,
): Subscription<Contract, Version> {
  return { event, version };
}
