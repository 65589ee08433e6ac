import { sagas, services } from '../../../functions/services';
import { stepsOf } from '../../../lib/saga/rows';
import { defineService, SCOPES, type ServiceContract, triggerOf } from '../../../lib/service/contract';
import { listRoutes } from '../../../lib/service/routes';

const handlers = services.flatMap((service) =>
  Object.entries(service.handlers).map(([name, handler]) => ({ service, name, handler })),
);
const isQuery = (path: string) => {
  const [service, name] = path.split('/');
  return handlers.some(
    (one) => one.service.name === service && one.name === name && one.handler.trigger.kind === 'query',
  );
};

describe('a contract', () => {
  const shop = {
    name: 'shop',
    version: '1.0.0',
    summary: 'Sells.',
    handlers: { serve: { trigger: { kind: 'authorizer' }, timeoutSeconds: 3 } },
  } as const satisfies ServiceContract;

  it('is what was written', () => {
    expect(defineService(shop)).toBe(shop);
  });

  it('gives the trigger of a handler, and refuses one of another kind or of no handler', () => {
    expect(triggerOf(shop, 'serve', 'authorizer')).toBe(shop.handlers.serve.trigger);
    expect(() => triggerOf(shop, 'serve', 'http')).toThrow('shop/serve has no http trigger');
    expect(() => triggerOf(shop, 'sell', 'http')).toThrow('shop/sell has no http trigger');
  });
});

describe('the contracts of all services', () => {
  it('have names in kebab-case, each once', () => {
    const names = services.map(({ name }) => name);

    expect([...names, ...handlers.map(({ name }) => name)].filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual(
      [],
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('give each handler a time limit that its caller can wait for', () => {
    const tooLong = handlers.filter(({ handler }) => {
      const max = handler.trigger.kind === 'http' ? 28 : 900;
      return !(handler.timeoutSeconds >= 1 && handler.timeoutSeconds <= max);
    });

    expect(tooLong.map(({ name }) => name)).toEqual([]);
  });

  it('call only queries that other contracts have, and start only sagas that there are', () => {
    const called = handlers.flatMap(({ handler }) => handler.calls ?? []);
    const started = handlers.flatMap(({ handler }) => [
      ...(handler.starts ?? []),
      ...(handler.repairs ?? []),
      ...(handler.undoes ?? []),
      ...(handler.watches ?? []),
    ]);

    expect(called.filter((path) => !isQuery(path))).toEqual([]);
    expect(started.filter((name) => !sagas.some((saga) => saga.name === name))).toEqual([]);
  });

  it('have for each step of a saga a handler of that name, and no step that no saga calls', () => {
    const inContracts = handlers.flatMap(({ service, name, handler }) =>
      handler.trigger.kind === 'step' ? [`${service.name}/${name} ${handler.trigger.name}`] : [],
    );
    const inSagas = sagas.flatMap(stepsOf).map(({ service, handler, name }) => `${service}/${handler} ${name}`);

    expect([...new Set(inSagas)].sort()).toEqual(inContracts.sort());
  });

  it('touch a table, an index or a party only where the service has one', () => {
    const stray = handlers.filter(
      ({ service, handler }) =>
        (handler.table !== undefined && service.table === undefined) ||
        Object.keys(handler.indexes ?? {}).some((index) => service.table?.indexes?.[index] === undefined) ||
        (handler.party !== undefined && service.parties?.[handler.party] === undefined),
    );

    expect(stray.map(({ name }) => name)).toEqual([]);
  });

  it('ask only for scopes that a token can carry', () => {
    const asked = listRoutes(services).flatMap(({ route }) => route.scope ?? []);

    expect(asked.filter((scope) => !SCOPES.includes(scope))).toEqual([]);
    expect(SCOPES).toEqual(
      'orders:read orders:write inventory:read inventory:write payments:read shipments:read tasks:read tasks:write notifications:read ops'.split(
        ' ',
      ),
    );
  });
});
