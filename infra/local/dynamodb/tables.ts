import type { Database, Item, Range } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { INDEX_PREFIX, indexChanges } from './index-entries';
import { describeKeys, type Place, type Table, type TableDefinition, toTable } from './table';

/**
 * The tables that exist. Their definitions are stored, so that a restart finds the data's own keys, not the template's. One
 * that is stored exists again once it is created again.
 */
export class Tables {
  private readonly tables = new Map<string, Table>();

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly place: Place,
  ) {}

  /** In the order of their names. */
  all(): Table[] {
    return [...this.tables].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, table]) => table);
  }

  /** @throws {AwsError} ResourceNotFoundException, with the table's name in the message when `isNamed`, as AWS does. */
  get(name: string, isNamed = false): Table {
    const table = this.tables.get(name);
    if (table) return table;
    const detail = isNamed ? `: Table: ${name} not found` : '';
    throw new AwsError('ResourceNotFoundException', `Requested resource not found${detail}`);
  }

  /** @throws {Error} when the table is stored with other keys. */
  async assertCanCreate(definition: TableDefinition): Promise<void> {
    const existing = (await this.findStored(definition))?.definition ?? definition;
    const has = describeKeys(existing, existing.keySchema);
    const wants = describeKeys(definition, definition.keySchema);
    if (has === wants) return;
    throw new Error(
      `table ${definition.tableName} is stored with the keys ${has}, but the template has ${wants}: ` +
        'start with --fresh to begin anew, or with another --data',
    );
  }

  /** Makes the table, or takes over what changed in its definition since it was made. */
  async create(definition: TableDefinition): Promise<Table> {
    const existing = await this.findStored(definition);
    const stored: StoredTable = { createdAtMs: existing?.createdAtMs ?? this.clock.now(), definition };
    const table = toTable(this.place, definition, stored.createdAtMs);
    const isChanged = existing && JSON.stringify(existing.definition) !== JSON.stringify(definition);
    if (isChanged) await this.rebuildIndexes(table);
    // Last, so that a rebuild that was interrupted is done again at the next start.
    await this.db.batch([{ type: 'put', key: TABLE_PREFIX + definition.tableName, value: stored }]);
    this.tables.set(definition.tableName, table);
    return table;
  }

  private async findStored({ tableName }: TableDefinition): Promise<StoredTable | undefined> {
    return (await this.db.get(TABLE_PREFIX + tableName)) as StoredTable | undefined;
  }

  /** Removes every index entry of the table and makes those of the new definition from the items. */
  private async rebuildIndexes(table: Table): Promise<void> {
    const { tableName } = table.definition;
    for await (const key of this.db.keys(withPrefix(`${INDEX_PREFIX}${tableName}~`))) {
      await this.db.batch([{ type: 'del', key }]);
    }
    for await (const item of this.db.values(withPrefix(itemPrefix(tableName)))) {
      const changes = indexChanges(table, undefined, item as Item);
      await this.db.batch(changes.flatMap((change) => change.operations));
    }
  }
}

/** The beginning of the database keys of a table's items. */
export function itemPrefix(tableName: string): string {
  return `item-${tableName}~`;
}

/**
 * The database keys that begin with `prefix`. The prefixes end in `~` and go on in ASCII only, because dynalite writes the
 * keys of items in hexadecimal, so that the next character is bound enough.
 */
export function withPrefix(prefix: string): Required<Pick<Range, 'gte' | 'lt'>> {
  return { gte: prefix, lt: `${prefix}\u007f` };
}

const TABLE_PREFIX = 'table~';

interface StoredTable {
  definition: TableDefinition;
  createdAtMs: number;
}
