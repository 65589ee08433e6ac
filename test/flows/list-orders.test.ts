import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

interface Page {
  readonly items: ReadonlyArray<{ readonly orderId: string; readonly createdAt: string }>;
  readonly nextCursor?: string;
}

describe('listing orders', () => {
  let system: LocalSystem;
  const placed: string[] = [];

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await system.api.putStock('MUG-01', 100);
    for (let count = 0; count < 7; count += 1) placed.push((await system.api.placeOrder(orderBody())).json.orderId);
    await system.api.placeOrder(orderBody(), { sub: 'bob' });
  });

  afterAll(() => system.close());

  const page = async (query: string, sub = 'alice') =>
    (await system.api.call('GET', `/v1/orders${query}`, { sub })).json as Page;

  it('shows them newest first, all on one page when there are few', async () => {
    const { items, nextCursor } = await page('');

    expect(items.map(({ orderId }) => orderId)).toEqual([...placed].reverse());
    expect(nextCursor).toBeUndefined();
  });

  it('goes on where the page before ended, until there is no next one', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    const sizes: number[] = [];
    do {
      const { items, nextCursor } = await page(
        `?limit=3${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...items.map(({ orderId }) => orderId));
      sizes.push(items.length);
      cursor = nextCursor;
    } while (cursor !== undefined);

    expect(seen).toEqual([...placed].reverse());
    expect(sizes).toEqual([3, 3, 1]);
  });

  it("goes on with the caller's own orders, whoever the cursor was made for", async () => {
    const { nextCursor } = await page('?limit=1');

    const bobs = await page(`?cursor=${encodeURIComponent(nextCursor ?? '')}`, 'bob');

    expect(bobs.items.filter(({ orderId }) => placed.includes(orderId))).toEqual([]);
  });
});
