import { services } from '../../functions/services';
import { differences, play } from '../stories/play';
import { demoStories, otherStories, type Story } from '../stories/stories';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

/** Each story has a SKU of its own, so that some can be played at once. */
const STOCK = 50;
// Undos that fail take a minute: flows/parked-order.test.ts tells that story by a faster clock.
const stories = [...demoStories.filter(({ afterwards }) => afterwards !== 'redrive'), ...otherStories];
const isFailing = (story: Story) => otherStories.includes(story) || /_UNAVAILABLE$/.test(story.rejection?.code ?? '');
const skuOf = (story: Story) => `STORY-${stories.indexOf(story)}`;

describe('placing an order', () => {
  let system: LocalSystem;
  const played = new Map<Story, Awaited<ReturnType<typeof play>>>();

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await Promise.all(stories.map((story) => system.api.putStock(skuOf(story), STOCK)));
    const tell = async (story: Story) => played.set(story, await play(story, skuOf(story), system));
    // Parties that fail make circuits refuse others, and a first call beside ten others may be late: who is to be asked once, comes first.
    for (const story of stories) if (!isFailing(story)) await tell(story);
    await Promise.all(stories.filter(isFailing).map(tell));
  }, 120_000);

  afterAll(() => system.close());

  it.each(stories.map((story) => [story.title, story] as const))('tells the story of %s', (_, story) => {
    const result = played.get(story);

    expect(result && differences(story, result)).toEqual([]);
  });

  it.each(stories.map((story) => [story.title, story] as const))(
    'leaves the stock right after %s',
    async (_, story) => {
      const level = await system.api.stockOf(skuOf(story));

      const sold = story.status === 'CONFIRMED' ? story.order.quantity : 0;
      expect(level).toMatchObject({ available: STOCK - sold, onHand: level.available + level.reserved });
    },
  );

  it('tells the customer why an order was rejected', () => {
    const details = stories.map((story) => played.get(story)?.order.rejection?.detail).filter(Boolean);

    expect(details).toEqual([
      'the payment was declined',
      `1000 of ${skuOf(stories[2] as Story)} asked for, ${STOCK} available`,
      'the carrier does not deliver to this address',
      'CreateShipment could not be carried out',
      'ChargePayment could not be carried out',
      'ChargePayment could not be carried out',
    ]);
  });

  it('asks a refusing party once, and a failing one four times', () => {
    const attempts = (title: string, step: string) => {
      const story = stories.find((one) => one.title === title) as Story;
      return played.get(story)?.steps.find(({ name }) => name === step)?.attempts;
    };

    expect(attempts('a declined card', 'ChargePayment')).toBe(1);
    expect(attempts('an address that the carrier refuses', 'CreateShipment')).toBe(1);
    expect(attempts('more than there is in stock', 'ReserveStock')).toBe(1);
    expect(attempts('a provider that answers 500', 'ChargePayment')).toBe(4);
    expect(attempts('a carrier that answers 500', 'CreateShipment')).toBe(4);
    expect(attempts('a charge whose reply is lost', 'ChargePayment')).toBe(1);
  });

  it('leaves books that add up', async () => {
    const report = await system.audit();

    expect(report.violations).toEqual([]);
    expect(report.counts).toMatchObject({
      orders: stories.length,
      'orders CONFIRMED': 4,
      'orders REJECTED': 6,
      'orders CANCELLED': 1,
    });
  });

  it('is done with the rights that the contracts name, and no other', () => {
    const used = new Set(
      system.uses.flatMap((use) =>
        // A transaction needs the actions of its members, which have uses of their own.
        use.service === 'dynamodb' && use.functionName !== undefined && use.operation !== 'TransactWriteItems'
          ? [
              `${use.functionName.replace('holdfast-dev-', '')} ${use.table.replace('holdfast-dev-', '')} ${use.operation}`,
            ]
          : [],
      ),
    );
    const granted = services.flatMap(({ name, handlers }) =>
      Object.entries(handlers).flatMap(([handler, { table = [], indexes = {}, party }]) => [
        ...[...table, ...Object.values(indexes).flat()].map((action) => `${name}-${handler} ${name} ${action}`),
        // Whoever calls a party uses the circuits of its service.
        ...(party === undefined ? [] : ['Query', 'UpdateItem']).map(
          (action) => `${name}-${handler} circuits ${action}`,
        ),
      ]),
    );

    expect([...used].filter((use) => !granted.includes(use))).toEqual([]);
    expect(used.size).toBeGreaterThan(15);
  });

  it('makes the local cloud fail at nothing', () => {
    expect(system.errors).toEqual([]);
  });
});
