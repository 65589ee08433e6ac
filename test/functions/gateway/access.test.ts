import { toPolicy } from '../../../functions/gateway/access';
import { services } from '../../../functions/services';
import { SCOPES } from '../../../lib/service/contract';
import { listRoutes } from '../../../lib/service/routes';

const STAGE = 'arn:aws:execute-api:us-east-1:000000000000:api123/dev';
const METHOD_ARN = `${STAGE}/GET/v1/orders/ord_1`;

const policyOf = (...scopes: string[]) =>
  toPolicy({ customerId: 'alice', clientId: 'web', scopes }, METHOD_ARN, services);

type Policy = ReturnType<typeof policyOf>;

/** Whether IAM lets a call through: `*` stands for any text, slashes too; a denial wins. */
function isAllowed({ policyDocument: { Statement } }: Policy, resource: string): boolean {
  const effects = Statement.filter(({ Resource }) => Resource.some((pattern) => matches(pattern, resource)));
  return effects.some(({ Effect }) => Effect === 'Allow') && !effects.some(({ Effect }) => Effect === 'Deny');
}

function matches(pattern: string, resource: string): boolean {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(resource);
}

/** A call of the route, with values for its parameters. */
const callOf = (method: string, path: string) => `${STAGE}/${method}${path.replace(/\{\w+\}/g, 'some-value')}`;

const guarded = listRoutes(services).filter(({ route }) => route.scope !== null);

describe('the policy of a bearer', () => {
  it.each(SCOPES.map((scope) => [scope]))('with the scope %s allows exactly the routes of that scope', (scope) => {
    const policy = policyOf(scope);

    const allowed = guarded.filter(({ route }) => isAllowed(policy, callOf(route.method, route.path)));

    const due = guarded.filter(({ route }) => route.scope === scope);
    expect(allowed.map(({ route }) => route.operationId)).toEqual(due.map(({ route }) => route.operationId));
  });

  it('with all scopes allows every route that asks for one', () => {
    const policy = policyOf(...SCOPES);

    expect(guarded.length).toBeGreaterThan(0);
    expect(guarded.filter(({ route }) => !isAllowed(policy, callOf(route.method, route.path)))).toEqual([]);
  });

  it('allows no other method, stage, API, account or region', () => {
    const policy = policyOf('orders:read');

    const calls = [
      `${STAGE}/DELETE/v1/orders/some-value`,
      `${STAGE}/POST/v1/orders`,
      `${STAGE}/GET/v1/ordersX`,
      `${STAGE}2/GET/v1/orders`,
      'arn:aws:execute-api:us-east-1:000000000000:api123/prod/GET/v1/orders',
      'arn:aws:execute-api:us-east-1:000000000000:api124/dev/GET/v1/orders',
      'arn:aws:execute-api:us-east-1:000000000001:api123/dev/GET/v1/orders',
      'arn:aws:execute-api:eu-west-1:000000000000:api123/dev/GET/v1/orders',
    ];
    expect(calls.filter((call) => isAllowed(policy, call))).toEqual([]);
    expect(isAllowed(policy, `${STAGE}/GET/v1/orders`)).toBe(true);
  });

  it('is the same whichever route is called, so that the gateway may keep it', () => {
    const bearer = { customerId: 'alice', clientId: 'web', scopes: ['orders:read', 'ops'] };
    const policies = [`${STAGE}/GET/v1/orders`, `${STAGE}/PUT/v1/inventory/A/B`, `${STAGE}/GET/`].map((methodArn) =>
      toPolicy(bearer, methodArn, services),
    );

    expect(new Set(policies.map((policy) => JSON.stringify(policy))).size).toBe(1);
  });

  it.each([[[]], [['']], [['unknown']], [['orders']], [['orders:read ']], [['ORDERS:READ']], [['*']]])(
    'denies everything to the scopes %j',
    (scopes) => {
      const policy = policyOf(...scopes);

      expect(policy.policyDocument.Statement).toEqual([
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] },
      ]);
      expect(guarded.filter(({ route }) => isAllowed(policy, callOf(route.method, route.path)))).toEqual([]);
    },
  );

  it('tells the functions behind the gateway who the bearer is', () => {
    expect(policyOf('orders:read')).toEqual({
      principalId: 'alice',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'execute-api:Invoke',
            Resource: expect.arrayContaining([`${STAGE}/GET/v1/orders`, `${STAGE}/GET/v1/orders/*`]),
          },
        ],
      },
      context: { customerId: 'alice', clientId: 'web' },
    });
  });
});
