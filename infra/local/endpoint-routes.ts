import type { EndpointHandlers, HttpRequest } from './endpoint/endpoint';
import type { Lambda } from './lambda/lambda';
import { FUNCTION_URL_PATH } from './resources/lambda';
import type { Scheduler } from './scheduler/scheduler';

type Route = EndpointHandlers['rest'][number];

/** Lambda's own REST API at the endpoint. */
export function lambdaRoute(lambda: Lambda): Route {
  return {
    pathPrefix: '/2015-03-31/',
    handle: (request) => {
      const { method, path, rawQuery, body } = request;
      return lambda.handleHttp(method, path, new URLSearchParams(rawQuery), headersOf(request), body);
    },
  };
}

/**
 * The addresses of functions (`AWS::Lambda::Url`): `/_url/<function>/<path that the function sees>`. `assertAllowed` throws
 * when the function's policy does not let everybody in.
 */
export function functionUrlRoute(lambda: Lambda, assertAllowed: (functionName: string) => void): Route {
  return {
    pathPrefix: FUNCTION_URL_PATH,
    handle: async (request) => {
      const [functionName = '', ...path] = request.path.slice(FUNCTION_URL_PATH.length).split('/');
      assertAllowed(functionName);
      const { method, rawQuery: rawQueryString, body } = request;
      const rawPath = `/${path.join('/')}`;
      const headers = headersOf(request);
      return lambda.invokeUrl(functionName, { method, rawPath, rawQueryString, headers, body, sourceIp: '127.0.0.1' });
    },
  };
}

/** EventBridge Scheduler's own REST API at the endpoint. */
export function schedulerRoute(scheduler: Scheduler): Route {
  return {
    pathPrefix: '/schedules',
    handle: async ({ method, path, rawQuery }) => ({
      ...scheduler.handleHttp(method, path, new URLSearchParams(rawQuery)),
      headers: { 'content-type': 'application/json' },
    }),
  };
}

function headersOf({ headers }: HttpRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
