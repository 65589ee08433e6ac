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
    reverse?: boolean;
    limit?: number;
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

  /** What an action asks of the items of one table, or of the entries of one index. */
  export interface SubDatabase {
    lock(key: string, run: (release: <C>(callback: C) => C) => void): void;
    get(key: string, callback: Callback<Item>): void;
    put(key: string, item: Item, callback: Callback<void>): void;
    del(key: string, callback: Callback<void>): void;
    createValueStream(range: Range): import('node:stream').Stream;
  }

  export interface DynaliteStore {
    options: { maxItemSize: number };
    db: Database;
    getTable(name: string, checkStatus: boolean | Callback<TableShape>, callback?: Callback<TableShape>): void;
    getItemDb(tableName: string): SubDatabase;
    getIndexDb(type: string, tableName: string, indexName: string): SubDatabase;
  }

  export function create(options: {
    path?: string;
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): DynaliteStore;
  export function createKey(item: Item, table: TableShape, keySchema?: KeySchemaElement[]): string;
  export function createIndexKey(item: Item, table: TableShape, keySchema: KeySchemaElement[]): string;
  export function validateKey(key: Item, table: TableShape): Error | null | undefined;
  export function validateItem(item: Item, table: TableShape): Error | null | undefined;
  export function checkConditional(data: object, item: Item | undefined): Error | null | undefined;
  export function itemSize(item: Item): number;
}

declare module 'dynalite/validations' {
  type Types = Record<string, unknown>;
  type Custom = (data: Record<string, unknown>, store: unknown) => string | undefined;
  export function checkTypes(data: Record<string, unknown>, types: Types): Record<string, unknown>;
  export function checkValidations(data: object, types: Types, custom: Custom | undefined, store: unknown): void;
  /** What is wrong with a value. Writes numbers in their shortest form into it. */
  export function validateAttributeValue(value: Record<string, unknown>): string | undefined;
}

declare module 'dynalite/validations/*' {
  export const types: Record<string, unknown>;
  export const custom: ((data: Record<string, unknown>, store: unknown) => string | undefined) | undefined;
}

declare module 'dynalite/actions/*' {
  const action: (
    store: Omit<import('dynalite/db').DynaliteStore, 'db'>,
    data: Record<string, unknown>,
    callback: import('dynalite/db').Callback<Record<string, unknown>>,
  ) => void;
  export default action;
}
