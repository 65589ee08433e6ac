import type { Resource, ResourceTypes } from '../cloud-assembly/cloud-assembly';
import { type GenerateSecretString, type SecretsManager, secretArn } from '../secrets-manager/secrets-manager';

const SECRET = 'AWS::SecretsManager::Secret';

export const secretsManagerTypes: ResourceTypes = {
  [SECRET]: {
    physicalName: { property: 'Name', maximumLength: 512 },
    ref: (secret) => secretArn(secret.physicalName, secret),
    attributes: { Id: (secret) => secretArn(secret.physicalName, secret) },
    properties: {
      Name: 'used',
      Description: 'ignored',
      GenerateSecretString: { members: { PasswordLength: 'used', ExcludePunctuation: { oneOf: [true] } } },
      Tags: 'ignored',
    },
  },
};

export async function provisionSecrets(resources: readonly Resource[], secrets: SecretsManager): Promise<void> {
  for (const { type, properties, physicalName } of resources) {
    if (type !== SECRET) continue;
    await secrets.createSecret(physicalName, properties.GenerateSecretString as GenerateSecretString | undefined);
  }
}
