import type { ServiceContract } from './contract';

/** Every route of the API with its service and handler. */
export function listRoutes(services: readonly ServiceContract[]) {
  return services.flatMap((service) =>
    Object.entries(service.handlers).flatMap(([handler, { trigger }]) =>
      trigger.kind === 'http' ? trigger.routes.map((route) => ({ service, handler, route })) : [],
    ),
  );
}
