import type { ApiRoute } from './api-gateway/api-server';
import type { RestHandler } from './endpoint/endpoint';
import type { Faults } from './faults/faults';

const PREFIX = '/_local/faults';

/** `/_local/faults` at the AWS endpoint. */
export function faultsRoute(faults: Faults): { pathPrefix: string; handle: RestHandler } {
  return {
    pathPrefix: PREFIX,
    handle: async ({ method, path, headers, body }) =>
      faults.handleHttp({ method, path, ...contentTypeOf(headers['content-type']), body: body.toString('utf8') }),
  };
}

/** The same at the API's address. */
export function faultsApiRoute(faults: Faults): ApiRoute {
  return {
    prefix: PREFIX,
    handle: async ({ method, rawPath, headers, body }) => {
      const type = Object.entries(headers)
        .find(([name]) => name.toLowerCase() === 'content-type')?.[1]
        .at(-1);
      const answer = faults.handleHttp({ method, path: rawPath, ...contentTypeOf(type), body: body.toString('utf8') });
      return { ...answer, body: Buffer.from(answer.body) };
    },
  };
}

function contentTypeOf(contentType: string | undefined): { contentType?: string } {
  return contentType === undefined ? {} : { contentType };
}
