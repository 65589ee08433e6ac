import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { openUserPool, type UserPool, type UserPoolOptions } from '../cognito/user-pool';
import { textOf } from './properties';

const USER_POOL = 'AWS::Cognito::UserPool';
const CLIENT = 'AWS::Cognito::UserPoolClient';
const RESOURCE_SERVER = 'AWS::Cognito::UserPoolResourceServer';

/** A user pool as an issuer of tokens. `apiUrl` is where it is reached: the API's own address. */
export const cognitoTypes = (apiUrl: string): ResourceTypes => ({
  [USER_POOL]: {
    physicalName: { property: 'UserPoolName' },
    ref: (pool) => `${pool.region}_${pool.logicalId.slice(-9)}`,
    attributes: { ProviderURL: () => apiUrl, ProviderName: () => apiUrl.replace('http://', '') },
    properties: 'ignored',
  },
  [CLIENT]: { properties: 'ignored' },
  [RESOURCE_SERVER]: {
    ref: (server) => textOf(server.property('Identifier')),
    properties: { Identifier: 'used', Scopes: 'used', UserPoolId: 'ignored', Name: 'ignored' },
  },
  'AWS::Cognito::UserPoolDomain': { properties: 'ignored' },
});

/** Opens the user pool of the assembly as the local issuer; `undefined` when it has none. */
export async function provisionUserPool(
  resources: readonly Resource[],
  options: Pick<UserPoolOptions, 'store' | 'clock' | 'issuer'>,
): Promise<UserPool | undefined> {
  const client = resources.find(({ type }) => type === CLIENT);
  const server = resources.find(({ type }) => type === RESOURCE_SERVER);
  if (!client) return undefined;
  const scopes = (server?.properties.Scopes ?? []) as Array<{ ScopeName: string }>;
  const resourceServer = { identifier: server?.physicalId ?? '', scopes: scopes.map(({ ScopeName }) => ScopeName) };
  return openUserPool({ ...options, audience: client.physicalId, resourceServer });
}
