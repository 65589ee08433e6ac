import fc from 'fast-check';
import { type Ending, type Fate, runPlaceOrder, UNDOES } from './saga-world';

const STEPS = ['ReserveStock', 'ChargePayment', 'CreateShipment', 'ConfirmOrder'];
const UNDOS = ['CancelShipment', 'RefundPayment', 'ReleaseStock'];
const undosFrom = (step: string) => ['AbandonOrder', ...UNDOS.slice(Math.max(0, 3 - (STEPS.indexOf(step) + 1)))];

/** A fate for one step or undo on every call, and `ok` for all others. */
const always =
  (name: string, fate: Fate) =>
  (called: string): Fate =>
    called === name ? fate : 'ok';

/** Calls without their repeats. */
const story = ({ calls }: Ending) => calls.filter((call, index) => call !== calls[index - 1]);

/** What must hold whatever happens. */
function expectBooksToAddUp(ending: Ending): void {
  const { order, standing } = ending;
  expect(order).not.toBe('PENDING');
  if (order === 'CONFIRMED') expect([...standing].sort()).toEqual([...STEPS].sort());
  if (order === 'REJECTED') expect([...standing]).toEqual([]);
  // A confirmed order is whole, so people are only asked for one that is not.
  if (order === 'NEEDS_ATTENTION') expect(standing.has('ConfirmOrder')).toBe(false);
}

describe('the place-order saga, as deployed', () => {
  it('carries an order out in four calls', async () => {
    const ending = await runPlaceOrder(() => 'ok');

    expect(ending).toMatchObject({ status: 'SUCCEEDED', order: 'CONFIRMED', calls: STEPS });
  });

  describe.each([
    ['ReserveStock', 'OUT_OF_STOCK', 'SERVICE_UNAVAILABLE'],
    ['ChargePayment', 'PAYMENT_DECLINED', 'PAYMENT_UNAVAILABLE'],
    ['CreateShipment', 'SHIPPING_REFUSED', 'SHIPPING_UNAVAILABLE'],
  ])('when %s', (step, refused, unavailable) => {
    it('is refused, asks once, settles the pivot, undoes it and all before it in reverse, and says why', async () => {
      const ending = await runPlaceOrder(always(step, 'refuse'));

      expect(ending.calls).toEqual([...STEPS.slice(0, STEPS.indexOf(step) + 1), ...undosFrom(step), 'RejectOrder']);
      expect(ending).toMatchObject({ status: 'SUCCEEDED', order: 'REJECTED', failure: { code: refused, step } });
      expectBooksToAddUp(ending);
    });

    it.each(['fail', 'lose reply', 'late'] as const)(
      'does %s each time, asks four times, then undoes alike',
      async (fate) => {
        const ending = await runPlaceOrder(always(step, fate));

        expect(ending.calls.filter((call) => call === step)).toHaveLength(4);
        expect(story(ending)).toEqual([...STEPS.slice(0, STEPS.indexOf(step) + 1), ...undosFrom(step), 'RejectOrder']);
        expect(ending).toMatchObject({ status: 'SUCCEEDED', order: 'REJECTED', failure: { code: unavailable, step } });
        expectBooksToAddUp(ending);
      },
    );

    it.each(['fail', 'lose reply', 'late'] as const)('does %s twice, goes on', async (fate) => {
      const ending = await runPlaceOrder((name, call) => (name === step && call < 2 ? fate : 'ok'));

      expect(story(ending)).toEqual(STEPS);
      expect(ending.order).toBe('CONFIRMED');
      expectBooksToAddUp(ending);
    });
  });

  describe('when the confirmation', () => {
    it('fails each time, makes sure that it never happens, then undoes everything', async () => {
      const ending = await runPlaceOrder(always('ConfirmOrder', 'fail'));

      expect(story(ending)).toEqual([...STEPS, 'AbandonOrder', ...UNDOS, 'RejectOrder']);
      expect(ending).toMatchObject({
        order: 'REJECTED',
        failure: { code: 'SERVICE_UNAVAILABLE', step: 'ConfirmOrder' },
      });
      expectBooksToAddUp(ending);
    });

    it('loses each reply, finds out that it happened, and undoes nothing', async () => {
      const ending = await runPlaceOrder(always('ConfirmOrder', 'lose reply'));

      expect(story(ending)).toEqual([...STEPS, 'AbandonOrder']);
      expect(ending).toMatchObject({ status: 'SUCCEEDED', order: 'CONFIRMED' });
      expectBooksToAddUp(ending);
    });

    it('would come after it was given up, is refused', async () => {
      const ending = await runPlaceOrder(always('ConfirmOrder', 'late'));

      expect(['CONFIRMED', 'REJECTED']).toContain(ending.order);
      expectBooksToAddUp(ending);
    });

    it('stays unknown, hands the order to people and undoes nothing', async () => {
      const ending = await runPlaceOrder((name) =>
        name === 'ConfirmOrder' || name === 'AbandonOrder' ? 'fail' : 'ok',
      );

      expect(story(ending)).toEqual([...STEPS, 'AbandonOrder', 'ParkOrder']);
      expect(ending).toMatchObject({ status: 'FAILED', order: 'NEEDS_ATTENTION' });
    });
  });

  it.each(UNDOS)('does not stop at an undo that fails for good: %s', async (undo) => {
    const ending = await runPlaceOrder((name) =>
      name === 'CreateShipment' ? 'refuse' : name === undo ? 'fail' : 'ok',
    );

    expect(ending.calls.filter((call) => call === undo)).toHaveLength(7);
    expect(story(ending)).toEqual([...STEPS.slice(0, 3), 'AbandonOrder', ...UNDOS, 'ParkOrder']);
    expect(ending).toMatchObject({ status: 'FAILED', order: 'NEEDS_ATTENTION' });
    expect([...ending.standing]).toEqual(undo === 'CancelShipment' ? [] : [UNDOES[undo]]);
  });

  it('parks an order that cannot be rejected, and fails when it cannot even be parked', async () => {
    const cannotReject = await runPlaceOrder((name) =>
      name === 'ReserveStock' ? 'refuse' : name === 'RejectOrder' ? 'fail' : 'ok',
    );
    const cannotPark = await runPlaceOrder((name) =>
      name === 'ReserveStock' ? 'refuse' : /Order$/.test(name) ? 'fail' : 'ok',
    );

    expect(cannotReject).toMatchObject({ status: 'FAILED', order: 'NEEDS_ATTENTION' });
    expect(cannotPark).toMatchObject({ status: 'FAILED', order: 'PENDING' });
  });

  it('leaves books that add up, whatever becomes of each call', async () => {
    const fate = fc.constantFrom<Fate>('ok', 'ok', 'ok', 'fail', 'lose reply', 'late', 'refuse');
    const fates = fc.array(fate, { minLength: 30, maxLength: 30 });

    await fc.assert(
      fc.asyncProperty(fates, async (list) => {
        let at = -1;
        const ending = await runPlaceOrder((name) => {
          at += 1;
          const drawn = list[at % list.length] as Fate;
          // Undos are never refused, and the endings are not what is tried here.
          if (drawn === 'refuse' && !STEPS.includes(name)) return 'fail';
          return /^(Reject|Park)Order$/.test(name) && drawn !== 'ok' ? 'lose reply' : drawn;
        });
        expectBooksToAddUp(ending);
      }),
      { numRuns: 400, seed: 20261124 },
    );
  }, 120_000);
});
