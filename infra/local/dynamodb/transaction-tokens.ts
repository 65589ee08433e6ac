import { createHash } from 'node:crypto';
import type { BatchOperation, Database } from 'dynalite/db';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Units } from './consumed-capacity';
import { withPrefix } from './tables';

/**
 * The client request tokens of the transactions of the last ten minutes, so that a repeated transaction is applied once. They
 * are stored with the transaction: a restart must not make the repetition a second transaction.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export class TransactionTokens {
  /** By database key; those of this run the oldest first. */
  private readonly uses = new Map<string, Use>();

  constructor(private readonly clock: Clock) {}

  async open(db: Database): Promise<void> {
    for await (const [key, use] of db.iterator(withPrefix(PREFIX))) this.uses.set(key, use as Use);
  }

  /**
   * The units that this very transaction consumed when it was done already.
   *
   * @throws {AwsError} IdempotentParameterMismatchException when the token was used for another one.
   */
  findRepeated(token: string, transactItems: unknown): Units[] | undefined {
    const use = this.uses.get(toKey(token));
    if (!use || this.isExpired(use)) return undefined;
    if (use.hash === hash(transactItems)) return use.units;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      `The client request token ${token} was used with other parameters within the last 10 minutes`,
    );
  }

  /** What remembers the token and forgets expired ones; to be committed with the transaction. */
  operations(token: string, transactItems: unknown, units: Units[]): BatchOperation[] {
    const operations: BatchOperation[] = [];
    for (const [key, use] of this.uses) {
      if (!this.isExpired(use)) break;
      operations.push({ type: 'del', key });
    }
    const value: Use = { hash: hash(transactItems), atMs: this.clock.now(), units };
    return [...operations, { type: 'put', key: toKey(token), value }];
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
  units: Units[];
}

const PREFIX = 'transaction-token~';
const VALIDITY_MS = 10 * 60 * 1000;

/** In hexadecimal, because a token may have characters beyond the end of the prefix. */
function toKey(token: string): string {
  return PREFIX + Buffer.from(token, 'utf8').toString('hex');
}

function hash(transactItems: unknown): string {
  return createHash('sha256').update(JSON.stringify(transactItems)).digest('base64');
}
