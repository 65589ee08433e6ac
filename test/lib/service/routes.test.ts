import * as v from 'valibot';
import { services } from '../../../functions/services';
import type { ServiceContract } from '../../../lib/service/contract';
import { listRoutes } from '../../../lib/service/routes';

describe('the routes of the API', () => {
  it('are those of all services, each with its service and its handler', () => {
    const answers = { 200: { description: 'Fine', body: v.any() } };
    const aRoute = (path: string) =>
      ({ method: 'GET', path, operationId: path, summary: path, scope: null, answers }) as const;
    const aService = (name: string, handlers: ServiceContract['handlers']): ServiceContract => ({
      name,
      version: '1.0.0',
      summary: name,
      handlers,
    });
    const list = [
      aService('a', {
        one: { trigger: { kind: 'http', routes: [aRoute('/1'), aRoute('/2')] }, timeoutSeconds: 1 },
        guard: { trigger: { kind: 'authorizer' }, timeoutSeconds: 1 },
      }),
      aService('b', { two: { trigger: { kind: 'http', routes: [aRoute('/3')] }, timeoutSeconds: 1 } }),
      aService('c', {}),
    ];

    const routes = listRoutes(list).map(({ service, handler, route }) => `${service.name}/${handler} ${route.path}`);

    expect(routes).toEqual(['a/one /1', 'a/one /2', 'b/two /3']);
  });

  it('name each of their path parameters, and no other', () => {
    for (const { route } of listRoutes(services)) {
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect({ path: route.path, names: Object.keys(route.pathParameters ?? {}) }).toEqual({
        path: route.path,
        names: inPath,
      });
    }
  });

  it('have one answer for one method and path', () => {
    const keys = listRoutes(services).map(({ route }) => `${route.method} ${route.path.replace(/\{\w+\}/g, '{}')}`);

    expect(new Set(keys).size).toBe(keys.length);
  });
});
