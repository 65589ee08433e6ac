import { createHash } from 'node:crypto';
import type { BatchOperation, Database } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { ItemUnits } from './consumed-capacity';
import { prefixEnd } from './prefix';

/**
 * The client request tokens of the transactions of the last ten minutes, so that a repeated transaction is applied once. They
 * are stored with the transaction: a restart must not make the repetition a second transaction.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export class TransactionTokens {
  /** By database key, the oldest first. */
  private readonly uses = new Map<string, Use>();

  private constructor(private readonly clock: Clock) {}

  static async open(db: Database, clock: Clock): Promise<TransactionTokens> {
    const tokens = new TransactionTokens(clock);
    const stored: Array<[string, Use]> = [];
    for await (const [key, use] of db.iterator({ gte: PREFIX, lt: prefixEnd(PREFIX) })) stored.push([key, use as Use]);
    for (const [key, use] of stored.sort(([, one], [, other]) => one.atMs - other.atMs)) tokens.uses.set(key, use);
    return tokens;
  }

  /**
   * The units that this very transaction consumed when it was done already.
   *
   * @throws {AwsError} IdempotentParameterMismatchException when the token was used for another one.
   */
  findRepeated(token: string, transactItems: unknown): ItemUnits[] | undefined {
    const use = this.uses.get(toKey(token));
    if (!use || this.isExpired(use)) return undefined;
    if (use.hash === hash(transactItems)) return use.units;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      `The client request token ${token} was used with other parameters within the last 10 minutes`,
    );
  }

  /** What remembers the token and forgets expired ones; to be committed with the transaction. */
  operations(token: string, transactItems: unknown, units: ItemUnits[]): BatchOperation[] {
    const operations: BatchOperation[] = [];
    for (const [key, use] of this.uses) {
      if (!this.isExpired(use)) break;
      operations.push({ type: 'del', key });
    }
    const use: Use = { hash: hash(transactItems), atMs: this.clock.now(), units };
    return [...operations, { type: 'put', key: toKey(token), value: use }];
  }

  /** Takes note that the operations are committed. */
  committed(operations: BatchOperation[]): void {
    for (const operation of operations) {
      this.uses.delete(operation.key);
      if (operation.type === 'put') this.uses.set(operation.key, operation.value as Use);
    }
  }

  private isExpired(use: Use): boolean {
    return this.clock.now() - use.atMs >= VALIDITY_MS;
  }
}

interface Use {
  hash: string;
  atMs: number;
  units: ItemUnits[];
}

const PREFIX = 'transaction-token~';
const VALIDITY_MS = 10 * 60 * 1000;

/** In hexadecimal, because a token may have characters beyond the end of the prefix. */
function toKey(token: string): string {
  return PREFIX + Buffer.from(token, 'utf8').toString('hex');
}

/** The order of the members of an object does not make another transaction. */
function hash(transactItems: unknown): string {
  const sorted = JSON.stringify(transactItems, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('base64');
}
