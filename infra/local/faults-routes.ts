import type { ApiRoute } from './api-gateway/api-server';
import type { EndpointHandlers } from './endpoint/endpoint';
import type { Faults } from './faults/faults';

const PREFIX = '/_local/faults';

/** `/_local/faults` at the AWS endpoint. */
export function faultsRoute(faults: Faults): EndpointHandlers['rest'][number] {
  return {
    pathPrefix: PREFIX,
    handle: async ({ method, path, headers, body }) =>
      faults.handleHttp({ method, path, contentType: headers['content-type'] ?? '', body: body.toString('utf8') }),
  };
}

/** The same at the API's address. */
export function faultsApiRoute(faults: Faults): ApiRoute {
  return {
    prefix: PREFIX,
    handle: async ({ method, rawPath: path, headers, body }) => {
      const [, types] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
      const contentType = types?.at(-1) ?? '';
      const answer = faults.handleHttp({ method, path, contentType, body: body.toString('utf8') });
      return { ...answer, body: Buffer.from(answer.body) };
    },
  };
}
