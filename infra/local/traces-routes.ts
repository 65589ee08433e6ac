import type { ApiRoute } from './api-gateway/api-server';
import type { EndpointHandlers } from './endpoint/endpoint';
import { TRACES_PATH, type XRay } from './x-ray/x-ray';

/** `/_local/traces` at the AWS endpoint. */
export function tracesRoute(xRay: XRay): EndpointHandlers['rest'][number] {
  return { pathPrefix: TRACES_PATH, handle: async (request) => xRay.handleHttp(request) };
}

/** The same at the API's address. */
export function tracesApiRoute(xRay: XRay): ApiRoute {
  return {
    prefix: TRACES_PATH,
    handle: async ({ method, rawPath: path }) => {
      const answer = xRay.handleHttp({ method, path });
      return { ...answer, body: Buffer.from(answer.body) };
    },
  };
}
