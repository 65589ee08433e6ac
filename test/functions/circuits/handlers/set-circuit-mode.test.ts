import '../environment';
import * as v from 'valibot';
import { circuits } from '../../../../functions/circuits/contract';
import { setCircuitMode } from '../../../../functions/circuits/handlers/set-circuit-mode';
import type { CircuitStore } from '../../../../lib/circuit-breaker/circuit-store';
import { aRequest } from '../../../support/a-request';
import { DECLARED, NOW, OPEN, storeOf } from '../some-circuits';

const clock = { now: () => NOW };
const [route] = circuits.handlers['set-circuit-mode'].trigger.routes;
type Mode = v.InferOutput<typeof route.body>['mode'];

describe("setting a circuit's mode", () => {
  let logged: jest.SpyInstance;
  beforeEach(() => {
    logged = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  async function put(store: CircuitStore, mode: Mode, name = 'payments-provider') {
    const answer = await setCircuitMode(store, DECLARED, clock)(aRequest({ path: { name }, body: { mode } }));
    expect(answer.status).toBe(200);
    return v.parse(route.answers[200].body, answer.body);
  }
  const stored = async (store: CircuitStore, circuit = 'provider') => (await store.load('payments')).get(circuit);
  /** The events that the last write told. */
  const told = async (store: CircuitStore) =>
    (((await stored(store))?._out ?? []) as Array<{ type: string; data: object }>).map(({ type, data }) => ({
      type,
      ...data,
    }));

  it('isolates a circuit of which nothing is stored yet, and tells so', async () => {
    const store = await storeOf({});

    expect(await put(store, 'isolated')).toMatchObject({ name: 'payments-provider', state: 'OPEN', mode: 'isolated' });

    expect(await told(store)).toMatchObject([{ type: 'circuit.opened', name: 'payments-provider', cause: 'operator' }]);
  });

  it('forces an open circuit closed, and tells so', async () => {
    const store = await storeOf({ 'payments/provider': OPEN });

    expect(await put(store, 'forced-closed')).toMatchObject({ state: 'CLOSED', mode: 'forced-closed' });

    expect(await told(store)).toMatchObject([{ type: 'circuit.closed', name: 'payments-provider', cause: 'operator' }]);
  });

  it('gives an isolated circuit back: a probe decides', async () => {
    const store = await storeOf({});
    await put(store, 'isolated');

    expect(await put(store, 'auto')).toMatchObject({ state: 'HALF_OPEN', mode: 'auto' });
  });

  it('changes nothing, and tells nothing, when it is set already', async () => {
    const store = await storeOf({});
    const first = await put(store, 'isolated');
    const before = await stored(store);

    expect(await put(store, 'isolated')).toEqual(first);
    expect(await stored(store)).toEqual(before);
  });

  it('finds the circuit of a single key once it is stored', async () => {
    const store = await storeOf({ 'payments/provider:eu': OPEN });

    expect(await put(store, 'isolated', 'payments-provider:eu')).toMatchObject({ mode: 'isolated' });
    expect(await stored(store, 'provider:eu')).toMatchObject({ mode: 'isolated' });
    expect(await stored(store)).toBeUndefined();
  });

  it.each(['payments-provide', 'payments-provider:eu', 'payments', 'shop-provider'])(
    'finds no circuit %s, says which there are, and makes none',
    async (name) => {
      const store = await storeOf({});

      await expect(put(store, 'isolated', name)).rejects.toMatchObject({
        status: 404,
        code: 'CIRCUIT_NOT_FOUND',
        message: `there is no circuit "${name}"; there are payments-provider, shipping-carrier`,
      });
      expect(await store.load('payments')).toEqual(new Map());
    },
  );

  it('makes a broken circuit anew', async () => {
    const store = await storeOf({ 'payments/provider': { ...OPEN, until: 'tomorrow' } });

    expect(await put(store, 'isolated')).toMatchObject({ state: 'OPEN', mode: 'isolated' });
    expect(await put(store, 'auto')).toEqual(expect.not.objectContaining({ unreadable: true }));
  });

  it('leaves a circuit alone that a later version of the system has written', async () => {
    const store = await storeOf({ 'payments/provider': { ...OPEN, v: 2 } });
    const before = await stored(store);

    await expect(put(store, 'auto')).rejects.toMatchObject({ status: 409, code: 'CIRCUIT_OF_LATER_VERSION' });
    expect(await stored(store)).toEqual(before);
  });

  it('leaves a line in the log that names the circuit and the mode', async () => {
    await put(await storeOf({}), 'isolated');

    const lines = logged.mock.calls.map(([line]) => JSON.parse(line));
    expect(lines).toMatchObject([{ operation: 'set-circuit-mode isolated', circuit: 'payments-provider' }]);
  });

  it.each(['open', 'AUTO', '', null])('takes no mode %j', (mode) => {
    expect(v.is(route.body, { mode })).toBe(false);
  });

  it.each(['', 'Payments', 'payments/provider', 'payments-provider:', 'payments-provider:a b', `p${'x'.repeat(200)}`])(
    'takes no name %j',
    (name) => {
      expect(v.is(route.pathParameters.name, name)).toBe(false);
    },
  );
});
