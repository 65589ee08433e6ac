import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type GenerateSecretString, type SecretsManager, secretArn } from '../secrets-manager/secrets-manager';
import { textOf } from './properties';

const SECRET = 'AWS::SecretsManager::Secret';

export const secretsManagerTypes: ResourceTypes = {
  [SECRET]: {
    physicalName: { property: 'Name', maximumLength: 512 },
    ref: (secret) => secretArn(secret.physicalName, secret),
    attributes: { Id: (secret) => secretArn(secret.physicalName, secret) },
    properties: { Name: 'used', Description: 'used', GenerateSecretString: 'used', Tags: 'ignored' },
  },
};

export async function provisionSecrets(resources: readonly Resource[], secrets: SecretsManager): Promise<void> {
  for (const { type, properties, physicalName } of resources) {
    if (type !== SECRET) continue;
    await secrets.createSecret({
      name: physicalName,
      ...(properties.Description !== undefined && { description: textOf(properties.Description) }),
      ...(properties.GenerateSecretString !== undefined && {
        generate: properties.GenerateSecretString as GenerateSecretString,
      }),
    });
  }
}
