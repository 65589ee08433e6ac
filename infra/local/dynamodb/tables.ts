import { randomUUID } from 'node:crypto';
import type { Callback, Database, DynaliteStore, Item, TableShape } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { INDEX_PREFIX, indexChanges } from './index-entries';
import { prefixEnd } from './prefix';
import { assertKeysAreDefined, describeKeys, type Place, type Table, type TableDefinition, toTable } from './table';

/**
 * The tables that exist. Their definitions are stored, so that a restart finds the data's own keys, not the template's. One
 * that is stored exists again once it is created again.
 */
export class Tables {
  private readonly tables = new Map<string, Table>();
  private readonly stored = new Map<string, StoredTable>();

  private constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly place: Place,
  ) {}

  static async open(db: Database, clock: Clock, place: Place): Promise<Tables> {
    const tables = new Tables(db, clock, place);
    for await (const value of db.values({ gte: TABLE_PREFIX, lt: prefixEnd(TABLE_PREFIX) })) {
      const stored = value as StoredTable;
      tables.stored.set(stored.definition.tableName, stored);
    }
    return tables;
  }

  all(): Table[] {
    return [...this.tables.values()];
  }

  /** @throws {AwsError} ResourceNotFoundException, with the table's name in the message when `isNamed`, as AWS does. */
  get(name: string, isNamed = false): Table {
    const table = this.tables.get(name);
    if (table) return table;
    const detail = isNamed ? `: Table: ${name} not found` : '';
    throw new AwsError('ResourceNotFoundException', `Requested resource not found${detail}`);
  }

  /** The engine's own way to ask for a table. */
  readonly getTable: DynaliteStore['getTable'] = (name, ...checkStatusAndCallback) => {
    const answer = checkStatusAndCallback.at(-1) as Callback<TableShape>;
    try {
      answer(null, this.get(name).description);
    } catch (error) {
      answer(error as Error);
    }
  };

  /** @throws {Error} when the table is stored with other keys, or a key of the definition has no type. */
  assertCanCreate(definition: TableDefinition): void {
    assertKeysAreDefined(definition);
    const existing = this.stored.get(definition.tableName);
    if (existing) assertSameKeys(existing.definition, definition);
  }

  /** Makes the table, or takes over what changed in its definition since it was made. */
  async create(definition: TableDefinition): Promise<Table> {
    const existing = this.stored.get(definition.tableName);
    const birth = existing ?? { tableId: randomUUID(), createdAtMs: this.clock.now() };
    const stored: StoredTable = { ...birth, definition };
    const needsNewIndexes = existing && describeIndexes(existing.definition) !== describeIndexes(definition);
    if (needsNewIndexes) await this.rebuildIndexes(this.toTable(stored));
    // Last, so that a rebuild that was interrupted is done again at the next start.
    await this.db.batch([{ type: 'put', key: TABLE_PREFIX + definition.tableName, value: stored }]);
    return this.add(stored);
  }

  private add(stored: StoredTable): Table {
    const table = this.toTable(stored);
    this.stored.set(stored.definition.tableName, stored);
    this.tables.set(stored.definition.tableName, table);
    return table;
  }

  private toTable({ definition, tableId, createdAtMs }: StoredTable): Table {
    return toTable(this.place, definition, tableId, createdAtMs);
  }

  /** Removes every index entry of the table and makes those of the new definition from the items. */
  private async rebuildIndexes(table: Table): Promise<void> {
    const tableName = table.definition.tableName;
    const indexes = `${INDEX_PREFIX}${tableName}~`;
    for await (const key of this.db.keys({ gte: indexes, lt: prefixEnd(indexes) })) {
      await this.db.batch([{ type: 'del', key }]);
    }
    const items = itemPrefix(tableName);
    for await (const item of this.db.values({ gte: items, lt: prefixEnd(items) })) {
      const changes = indexChanges(table, undefined, item as Item);
      await this.db.batch(changes.flatMap((change) => change.operations));
    }
  }
}

/** The beginning of the database keys of a table's items. */
export function itemPrefix(tableName: string): string {
  return `item-${tableName}~`;
}

const TABLE_PREFIX = 'table~';

interface StoredTable {
  definition: TableDefinition;
  tableId: string;
  createdAtMs: number;
}

function assertSameKeys(existing: TableDefinition, wanted: TableDefinition): void {
  const has = describeKeys(existing, existing.keySchema);
  const wants = describeKeys(wanted, wanted.keySchema);
  if (has === wants) return;
  throw new Error(
    `table ${wanted.tableName} is stored with the keys ${has}, but the template has ${wants}: ` +
      'start with --fresh to begin anew, or with another --data',
  );
}

function describeIndexes(definition: TableDefinition): string {
  const indexes = definition.globalSecondaryIndexes.map((index) => [
    index.IndexName,
    describeKeys(definition, index.KeySchema),
    index.Projection,
  ]);
  return JSON.stringify(indexes.sort());
}
