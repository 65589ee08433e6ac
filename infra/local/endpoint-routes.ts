import type { Caller, HttpAnswer, HttpRequest, RestHandler } from './endpoint/endpoint';
import type { Lambda } from './lambda/lambda';
import { FUNCTION_URL_PATH } from './resources/lambda';

interface Route {
  readonly pathPrefix: string;
  readonly handle: RestHandler;
}

/** Lambda's own REST API at the endpoint. */
export function lambdaRoute(lambda: Lambda): Route {
  return {
    pathPrefix: '/2015-03-31/',
    handle: (request) =>
      lambda.handleHttp(
        request.method,
        request.path,
        new URLSearchParams(request.rawQuery),
        headersOf(request),
        request.body,
      ),
  };
}

/** The addresses of functions (`AWS::Lambda::Url`): `/_url/<function>/<path that the function sees>`. */
export function functionUrlRoute(lambda: Lambda): Route {
  return {
    pathPrefix: FUNCTION_URL_PATH,
    handle: async (request): Promise<HttpAnswer> => {
      const [functionName = '', ...path] = request.path.slice(FUNCTION_URL_PATH.length).split('/');
      return lambda.invokeUrl(functionName, {
        method: request.method,
        rawPath: `/${path.join('/')}`,
        rawQueryString: request.rawQuery,
        headers: headersOf(request),
        body: request.body,
        sourceIp: '127.0.0.1',
      });
    },
  };
}

/** Who a caller is to STS: a function by its role's session, anybody else the account's root. */
export function toStsArn(accountId: string, lambda: Lambda): (caller: Caller) => string {
  return ({ accessKeyId }) => {
    const functionName = accessKeyId === undefined ? undefined : lambda.functionNameOf(accessKeyId);
    return functionName === undefined
      ? `arn:aws:iam::${accountId}:root`
      : `arn:aws:sts::${accountId}:assumed-role/${functionName}/${functionName}`;
  };
}

function headersOf({ headers }: HttpRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
