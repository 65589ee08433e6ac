import type { HttpAnswer } from '../lambda/http-handler';
import type { Page, PageStart } from '../table/dynamodb-pages';
import { decodeCursor, encodeCursor } from './cursor';

/** Items of a page whose size the client does not say. */
const DEFAULT_LIMIT = 25;

/** What a client says of the page that it wants. */
export interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * Answers a page of a list. A cursor says where to go on, by the attributes `fields`; what is listed, `list` alone decides, so a
 * cursor that somebody has made leads nowhere else.
 *
 * @throws {InvalidRequestError} when the cursor is none of this list
 */
export async function answerPage<Row>(
  { limit = DEFAULT_LIMIT, cursor }: PageQuery,
  fields: readonly string[],
  list: (limit: number, start: PageStart | undefined) => Promise<Page<Row>>,
  toShown: (row: Row) => object,
): Promise<HttpAnswer> {
  const start = cursor === undefined ? undefined : decodeCursor(cursor, fields);
  const { rows, next } = await list(limit, start);
  return { status: 200, body: { items: rows.map(toShown), ...(next && { nextCursor: encodeCursor(next) }) } };
}
