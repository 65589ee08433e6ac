import { type FaultPart, type Faults, openFaults } from '../../../../infra/local/faults/faults';
import { manualClock } from '../../../support/manual-clock';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');

describe('the faults room', () => {
  let faults: Faults;
  let lines: string[];

  const open = () => openFaults({ clock: manualClock(NOON), onStrike: (line) => lines.push(line) });
  const call = (method: string, path: string, document?: unknown) =>
    faults.handleHttp({ method, path, contentType: 'application/json', body: JSON.stringify(document) ?? '' });
  const add = (fault: Record<string, unknown>) => JSON.parse(call('POST', '/_local/faults', fault).body).id as string;
  const list = () => JSON.parse(call('GET', '/_local/faults').body).items;
  /** Which of the first calls are struck, as a text of 1 and 0. */
  const pattern = (calls = 64) =>
    Array.from({ length: calls }, () => (faults.strike({ part: 'dynamodb', name: 'orders' }) ? 1 : 0)).join('');

  beforeEach(() => {
    lines = [];
    faults = open();
  });

  it('strikes nothing while there is no fault', () => {
    expect(faults.strike({ part: 'sqs', name: 'failed' })).toBeUndefined();
  });

  it('shows a fault with what it got by default, and how often it struck', () => {
    const posted = call('POST', '/_local/faults', { target: 'dynamodb', kind: 'throttle' });
    faults.strike({ part: 'dynamodb', name: 'orders' });

    const shown = {
      id: 'fault-1',
      target: 'dynamodb',
      kind: 'throttle',
      rate: 1,
      seed: 1,
      strikes: 0,
      createdAt: '2031-05-06T12:00:00.000Z',
    };
    expect(posted).toMatchObject({ status: 201, headers: { location: '/_local/faults/fault-1' } });
    expect(JSON.parse(posted.body)).toEqual(shown);
    expect(JSON.parse(call('GET', '/_local/faults/fault-1').body)).toEqual({ ...shown, strikes: 1 });
  });

  it.each<[target: string, part: FaultPart, name: string | undefined, isStruck: boolean]>([
    ['function:*-payments-charge-payment', 'function', 'holdfast-dev-payments-charge-payment', true],
    ['function:*-payments-charge-payment', 'function', 'holdfast-dev-payments-refund-payment', false],
    ['function:*-payments-charge-payment', 'function', 'holdfast-dev-payments-charge-payment-2', false],
    ['function:a', 'function', 'a', true],
    ['function:a', 'function', 'xa', false],
    ['function:*', 'function', 'anything', true],
    ['function:a.b', 'function', 'axb', false],
    ['dynamodb', 'dynamodb', 'orders', true],
    ['dynamodb', 'dynamodb', undefined, true],
    ['dynamodb', 'sqs', 'orders', false],
    ['dynamodb:*orders*', 'dynamodb', 'holdfast-dev-orders', true],
    ['dynamodb:*orders*', 'dynamodb', 'holdfast-dev-payments', false],
    ['dynamodb:*orders*', 'dynamodb', undefined, false],
    ['events:shop', 'events', 'shop', true],
    ['secretsmanager:shop/key', 'secretsmanager', 'shop/key', true],
    ['servicediscovery', 'servicediscovery', undefined, true],
  ])('with the target %s strikes %s %s: %s', (target, part, name, isStruck) => {
    add({ target, kind: 'throttle' });

    expect(faults.strike({ part, ...(name !== undefined && { name }) }) !== undefined).toBe(isStruck);
  });

  it('strikes as often as it is told to, and is kept when it is spent', () => {
    add({ target: 'dynamodb', kind: 'throttle', count: 2 });

    expect(pattern(4)).toBe('1100');
    expect(list()).toMatchObject([{ id: 'fault-1', count: 2, strikes: 2 }]);
  });

  it('lets the oldest fault that strikes decide, and the next one when it is spent', () => {
    add({ target: 'dynamodb', kind: 'throttle', count: 1 });
    add({ target: 'dynamodb:orders', kind: 'delay', delayMs: 250 });

    const strikes = [1, 2].map(() => faults.strike({ part: 'dynamodb', name: 'orders' }));

    expect(strikes).toEqual([
      { faultId: 'fault-1', kind: 'throttle' },
      { faultId: 'fault-2', kind: 'delay', delayMs: 250 },
    ]);
  });

  it('strikes the same calls for the same seed, and others for another', () => {
    const patterns = [7, 7, 8].map((seed) => {
      faults = open();
      add({ target: 'dynamodb', kind: 'throttle', rate: 0.5, seed });
      return pattern();
    });

    expect(patterns[1]).toBe(patterns[0]);
    expect(patterns[2]).not.toBe(patterns[0]);
  });

  it('strikes the same calls in each run without any seed, but two faults not the same ones', () => {
    const runs = [1, 2].map(() => {
      faults = open();
      return [1, 2].map(() => {
        const id = add({ target: 'dynamodb', kind: 'throttle', rate: 0.5 });
        const struck = pattern();
        call('DELETE', `/_local/faults/${id}`);
        return struck;
      });
    });

    expect(runs[1]).toEqual(runs[0]);
    expect(runs[0]?.[0]).not.toBe(runs[0]?.[1]);
  });

  it('does not let calls that another fault is for change what it strikes', () => {
    const patterns = [0, 1].map((others) => {
      faults = open();
      add({ target: 'dynamodb', kind: 'throttle', rate: 0.5, seed: 3 });
      add({ target: 'sqs', kind: 'throttle', rate: 0.5, seed: 3 });
      return Array.from({ length: 64 }, () => {
        for (let other = 0; other < others; other++) faults.strike({ part: 'sqs', name: 'failed' });
        return faults.strike({ part: 'dynamodb', name: 'orders' }) ? 1 : 0;
      });
    });

    expect(patterns[1]).toEqual(patterns[0]);
  });

  it.each([
    [0, 0, 0],
    [0.1, 60, 140],
    [0.5, 430, 570],
    [1, 1000, 1000],
  ])('at a rate of %s strikes between %s and %s of 1000 calls', (rate, minimum, maximum) => {
    add({ target: 'dynamodb', kind: 'throttle', rate });

    const struck = [...pattern(1000)].filter((bit) => bit === '1').length;

    expect(struck).toBeGreaterThanOrEqual(minimum);
    expect(struck).toBeLessThanOrEqual(maximum);
  });

  it('crashes a worker at its first, second or third call, the same for the same seed', () => {
    const runs = [1, 2].map(() => {
      faults = open();
      add({ target: 'function:*', kind: 'crash', seed: 5 });
      return Array.from({ length: 30 }, () => faults.strike({ part: 'function', name: 'f' })?.crashAfterCalls);
    });

    expect(runs[1]).toEqual(runs[0]);
    expect(new Set(runs[0])).toEqual(new Set([1, 2, 3]));
  });

  it('writes one line for each strike', () => {
    add({ target: 'dynamodb:*orders*', kind: 'error-after', count: 3 });
    add({ target: 'sqs', kind: 'throttle' });

    faults.strike({ part: 'dynamodb', name: 'dev-orders', call: 'PutItem' });
    faults.strike({ part: 'dynamodb', name: 'dev-payments', call: 'PutItem' });
    faults.strike({ part: 'sqs' });

    expect(lines).toEqual([
      'fault-1 (error-after on dynamodb:*orders*) strikes dynamodb dev-orders PutItem: strike 1 of 3',
      'fault-2 (throttle on sqs) strikes sqs: strike 1',
    ]);
  });
});
