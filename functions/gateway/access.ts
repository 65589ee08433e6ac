import type { ServiceContract } from '../../lib/service/contract';
import { listRoutes } from '../../lib/service/routes';

/** The bearer of a token that has been verified. */
export interface Bearer {
  readonly customerId: string;
  readonly scopes: readonly string[];
  readonly clientId: string;
}

/**
 * The IAM policy that lets the bearer use exactly the routes for which the token has the scope. It speaks of all routes at
 * once, so the gateway may keep it for other calls with the same token.
 *
 * `methodArn` is that of the current call, `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function toPolicy(bearer: Bearer, methodArn: string, services: readonly ServiceContract[]) {
  const stageArn = methodArn.split('/').slice(0, 2).join('/');
  const routes = listRoutes(services).map(({ route }) => route);
  const allowed = routes.filter(({ scope }) => scope !== null && bearer.scopes.includes(scope));
  const resources = allowed.map(({ method, path }) => `${stageArn}/${method}${path.replace(/\{[^}]+\}/g, '*')}`);
  const statement =
    resources.length > 0
      ? { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources }
      : { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${stageArn}/*`] };
  return {
    principalId: bearer.customerId,
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context: { customerId: bearer.customerId, clientId: bearer.clientId },
  };
}
