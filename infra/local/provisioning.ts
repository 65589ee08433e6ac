import { type Assembly, type Resource, resolveDynamicReferences } from './cloud-assembly/cloud-assembly';
import { provisionLogGroups } from './resources/cloudwatch';
import { checkRoles } from './resources/creation-checks';
import { provisionTables } from './resources/dynamodb';
import { provisionEventBridge } from './resources/event-bridge';
import { codeDirectoryOf, provisionFunctions } from './resources/lambda';
import { attemptAll, makeEach } from './resources/make-each';
import { provisionSchedules } from './resources/scheduler';
import { provisionSecrets } from './resources/secrets-manager';
import { provisionQueues } from './resources/sqs';
import { provisionStateMachines } from './resources/step-functions';
import type { Rooms } from './rooms';
import type { SecretsManager } from './secrets-manager/secrets-manager';

/**
 * Makes every resource of the assembly in its room, after the checks that AWS makes when it creates them. What can be refused
 * is refused before anything is written.
 *
 * @throws {Error} with a line for each that cannot be made.
 */
export async function provision(
  assembly: Assembly,
  resources: readonly Resource[],
  rooms: Rooms,
  accountId: string,
): Promise<void> {
  attemptAll([
    () => checkRoles(resources, rooms.access, accountId),
    () => makeEach(resources, 'AWS::Lambda::Function', ({ properties }) => codeDirectoryOf(assembly, properties)),
    () => provisionStateMachines(resources, rooms.stepFunctions),
    () => provisionQueues(resources, rooms.sqs),
    () => provisionEventBridge(resources, rooms.eventBridge),
    () => provisionSchedules(resources, rooms.scheduler),
  ]);
  provisionLogGroups(resources, rooms.cloudWatch);
  await provisionTables(resources, rooms.dynamodb);
  await provisionSecrets(resources, rooms.secrets);
  provisionFunctions(assembly, await withSecrets(resources, rooms.secrets), rooms.lambda);
}

/** The resources with their references to secrets replaced by the secrets' values, which exist by now. */
function withSecrets(resources: readonly Resource[], secrets: SecretsManager): Promise<Resource[]> {
  const secretString = async (SecretId: string, { stage, id }: { stage?: string; id?: string }) => {
    const version = { ...(stage && { VersionStage: stage }), ...(id && { VersionId: id }) };
    return String((await secrets.handle('GetSecretValue', { SecretId, ...version })).SecretString);
  };
  return Promise.all(
    resources.map(async (resource) => ({
      ...resource,
      properties: await resolveDynamicReferences(resource.properties, secretString),
    })),
  );
}
