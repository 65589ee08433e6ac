import '../environment';
import * as v from 'valibot';
import { circuits } from '../../../../functions/circuits/contract';
import { listCircuits } from '../../../../functions/circuits/handlers/list-circuits';
import { listStates } from '../../../../functions/circuits/handlers/list-states';
import { counting, DECLARED, NOW, OPEN, storeOf } from '../some-circuits';

const clock = { now: () => NOW };
const { answers } = circuits.handlers['list-circuits'].trigger.routes[0];

async function list(items: Readonly<Record<string, object>>) {
  const answer = await listCircuits(await storeOf(items), DECLARED, clock)();
  expect(answer.status).toBe(200);
  return v.parse(answers[200].body, answer.body).items;
}

const idle = (name: string) => ({ name, state: 'CLOSED', mode: 'auto', failures: 0 });

describe('the list of circuits', () => {
  it('has every circuit that is declared, by name, before anything is known of it', async () => {
    expect(await list({})).toEqual([idle('payments-provider'), idle('shipping-carrier')]);
  });

  it.each([
    ['closed', counting(3), { state: 'CLOSED', failures: 3 }],
    ['open', OPEN, { state: 'OPEN', openedAt: '2025-12-31T23:59:59.000Z', retryAt: '2026-01-01T00:00:01.000Z' }],
    [
      'half-open',
      { ...OPEN, until: NOW },
      { state: 'HALF_OPEN', openedAt: '2025-12-31T23:59:59.000Z', retryAt: '2026-01-01T00:00:00.000Z' },
    ],
    ['forced closed', { ...OPEN, mode: 'forced-closed' }, { state: 'CLOSED', mode: 'forced-closed' }],
    [
      'isolated',
      { ...OPEN, mode: 'isolated' },
      { state: 'OPEN', mode: 'isolated', openedAt: '2025-12-31T23:59:59.000Z' },
    ],
  ])('shows one that is %s', async (_, item, shown) => {
    expect(await list({ 'payments/provider': item })).toEqual([
      { ...idle('payments-provider'), ...shown },
      idle('shipping-carrier'),
    ]);
  });

  it('has what is stored beside the declared ones, such as the circuits of single keys', async () => {
    const items = await list({ 'shipping/carrier:eu': OPEN, 'shipping/old-carrier': OPEN });

    expect(items.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'payments-provider CLOSED',
      'shipping-carrier CLOSED',
      'shipping-carrier:eu OPEN',
      'shipping-old-carrier OPEN',
    ]);
  });

  it.each([
    ['of a later version', { ...OPEN, v: 2 }],
    ['broken', { ...OPEN, until: 'tomorrow' }],
  ])('marks one that is %s, whose instances decide each for itself, and shows the others', async (_, item) => {
    expect(await list({ 'payments/provider': item, 'shipping/carrier': OPEN })).toMatchObject([
      { ...idle('payments-provider'), unreadable: true },
      { name: 'shipping-carrier', state: 'OPEN' },
    ]);
  });

  it('asks once for each service', async () => {
    const store = await storeOf({});
    const load = jest.spyOn(store, 'load');

    await listCircuits(store, [...DECLARED, { service: 'payments', circuit: 'bank' }], clock)();

    expect(load.mock.calls.map(([service]) => service).sort()).toEqual(['payments', 'shipping']);
  });
});

describe('the states of circuits', () => {
  it('are names and states, and nothing else', async () => {
    const store = await storeOf({ 'payments/provider': { ...OPEN, until: NOW } });

    const answer = await listStates(store, DECLARED, clock)();

    expect(v.parse(circuits.handlers['list-states'].trigger.output, answer)).toEqual({
      items: [
        { name: 'payments-provider', state: 'HALF_OPEN' },
        { name: 'shipping-carrier', state: 'CLOSED' },
      ],
    });
  });
});
