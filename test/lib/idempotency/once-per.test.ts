import type { Identity } from '../../../lib/idempotency/identity';
import { identityOfCommand, identityOfEvent, identityOfRequest } from '../../../lib/idempotency/identity';
import {
  asReplay,
  oncePerCommand,
  oncePerEvent,
  oncePerRequest,
  type RunOnce,
} from '../../../lib/idempotency/once-per';
import type { HttpAnswer } from '../../../lib/lambda/http-handler';

/** Remembers in memory what is to be kept. */
function aMemory() {
  const kept = new Map<string, unknown>();
  const identities: Identity[] = [];
  const run: RunOnce = async <Result>(
    identity: Identity,
    effect: () => Promise<Result>,
    isKept: (result: Result) => boolean = () => true,
  ) => {
    identities.push(identity);
    if (kept.has(identity.id)) return { result: kept.get(identity.id) as Result, replayed: true };
    const result = await effect();
    if (isKept(result)) kept.set(identity.id, result);
    return { result, replayed: false };
  };
  return { run, identities };
}

const REQUEST = { customerId: 'alice', idempotencyKey: 'key-1', path: {}, query: {}, body: { title: 'x' } };

describe('a use case of the API that runs once per request', () => {
  const answers = (...statuses: number[]) =>
    jest.fn(async (_: typeof REQUEST): Promise<HttpAnswer> => {
      const status = statuses.shift() ?? 201;
      return { status, body: { status }, headers: { location: '/x' } };
    });

  it('answers a repeat as the first time, and says so', async () => {
    const { run, identities } = aMemory();
    const useCase = answers(201);
    const once = oncePerRequest(run, 'createTask', useCase);

    const first = await once(REQUEST);

    expect(first).toEqual({ status: 201, body: { status: 201 }, headers: { location: '/x' } });
    expect(await once(REQUEST)).toEqual({
      ...first,
      headers: { location: '/x', 'idempotency-replayed': 'true' },
    });
    expect(useCase).toHaveBeenCalledTimes(1);
    expect(identities[0]).toEqual(identityOfRequest('createTask', REQUEST));
  });

  it.each([199, 300, 404, 500, 503])('does not remember a %d', async (status) => {
    const once = oncePerRequest(aMemory().run, 'createTask', answers(status, 200));

    await once(REQUEST);

    expect(await once(REQUEST)).toMatchObject({ status: 200 });
  });
});

describe('a step that runs once per command', () => {
  it('answers a repeat as the first time', async () => {
    const { run, identities } = aMemory();
    const useCase = jest.fn(async () => ({ bookingId: 1 }));
    const command = { idempotencyKey: 'ord_1/Book', arguments: { orderId: 'ord_1' } };
    const once = oncePerCommand(run, useCase);

    expect([await once(command), await once(command)]).toEqual([{ bookingId: 1 }, { bookingId: 1 }]);
    expect(useCase).toHaveBeenCalledTimes(1);
    expect(identities[0]).toEqual(identityOfCommand(command));
  });
});

describe('a consumer that runs once per event', () => {
  it('takes a repeat for done', async () => {
    const { run, identities } = aMemory();
    const useCase = jest.fn(async (_: { id: string }) => undefined);
    const once = oncePerEvent(run, 'on-order-confirmed', useCase);

    await once({ id: 'e1' });
    await once({ id: 'e1' });
    await once({ id: 'e2' });

    expect(useCase.mock.calls).toEqual([[{ id: 'e1' }], [{ id: 'e2' }]]);
    expect(identities[0]).toEqual(identityOfEvent('on-order-confirmed', 'e1'));
  });
});

describe('a replayed answer', () => {
  it('is the same with one header more', () => {
    expect(asReplay({ status: 202, body: 1 })).toEqual({
      status: 202,
      body: 1,
      headers: { 'idempotency-replayed': 'true' },
    });
  });
});
