/**
 * The parts of dynalite 4.0.0 that the local cloud uses as a library. The package ships no types, and these are not its
 * published interface: the version is pinned exactly for that reason.
 */
declare module 'dynalite/db' {
  /** An item or a key in the wire form, such as `{ id: { S: 'a' } }`. */
  export type Item = Record<string, Record<string, unknown>>;

  export type Callback<T> = (error: Error | null | undefined, result?: T) => void;

  export interface Range {
    gt?: string;
    gte?: string;
    lt?: string;
    lte?: string;
    reverse?: boolean | undefined;
    limit?: number | undefined;
  }

  export type BatchOperation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

  /** The Level database below: keys in UTF-8 order, values as JSON. */
  export interface Database {
    open(): Promise<void>;
    close(): Promise<void>;
    clear(): Promise<void>;
    get(key: string): Promise<unknown>;
    batch(operations: BatchOperation[]): Promise<void>;
    iterator(range: Range): AsyncIterable<[string, unknown]>;
    keys(range: Range): AsyncIterable<string>;
    values(range: Range): AsyncIterable<unknown>;
  }

  export interface KeySchemaElement {
    AttributeName: string;
    KeyType: string;
  }

  export interface TableShape {
    TableName: string;
    KeySchema: KeySchemaElement[];
    AttributeDefinitions: Array<{ AttributeName: string; AttributeType: string }>;
  }

  /** What an action asks of the items of one table. */
  export interface ItemStore {
    lock(key: string, run: (release: <C>(callback: C) => C) => void): void;
    get(key: string, callback: Callback<Item>): void;
    put(key: string, item: Item, callback: Callback<void>): void;
    del(key: string, callback: Callback<void>): void;
    createValueStream(range: Range): import('node:stream').Stream;
  }

  /** What an action sees of the database. */
  export interface EngineStore {
    options: { maxItemSize: number };
    getTable(name: string, callback: Callback<TableShape>): void;
    getItemDb(tableName: string): ItemStore;
    getIndexDb(type: string, tableName: string, indexName: string): Pick<ItemStore, 'createValueStream'>;
  }

  export function create(options: { path?: string | undefined }): { db: Database };
  export function createKey(item: Item, table: TableShape): string;
  export function createIndexKey(item: Item, table: TableShape, keySchema: KeySchemaElement[]): string;
  export function validateKey(key: Item, table: TableShape): Error | null | undefined;
  export function validateItem(item: Item, table: TableShape): Error | null | undefined;
  export function itemSize(item: Item): number;
}

declare module 'dynalite/validations' {
  /** What the members of a request may be, such as `{ Limit: { type: 'Integer', lessThanOrEqual: 100 } }`. */
  export type Types = Record<string, unknown>;
  export function checkTypes(data: Record<string, unknown>, types: Types): Record<string, unknown>;
  export function checkValidations(data: object, types: Types): void;
  /** What is wrong with a value. Writes numbers in their shortest form into it. */
  export function validateAttributeValue(value: Record<string, unknown>): string | undefined;
}

declare module 'dynalite/validations/*' {
  export const types: Record<string, unknown>;
  export const custom: ((data: object, store: { options: object }) => string | undefined) | undefined;
}

declare module 'dynalite/actions/*' {
  import type { Callback, EngineStore } from 'dynalite/db';
  export default function act(store: EngineStore, data: object, callback: Callback<Record<string, unknown>>): void;
}
