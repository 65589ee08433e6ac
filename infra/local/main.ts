/** The local cloud: runs a synthesized cloud assembly on this computer, as AWS would after `cdk deploy`. */
import { type ApiServer, openApiServer } from './api-gateway/api-server';
import type { Clock } from './clock';
import { loadAssembly, type Resource } from './cloud-assembly/cloud-assembly';
import { openCloudFormationApi } from './cloud-assembly/cloudformation-api';
import { openDynamoDb } from './dynamodb/dynamodb';
import { type Endpoint, openEndpoint } from './endpoint/endpoint';
import { createStsApi } from './endpoint/sts-api';
import { functionUrlRoute, lambdaRoute, toStsArn } from './endpoint-routes';
import { type LogLine, openLambda } from './lambda/lambda';
import { provisionRestApi } from './resources/api-gateway';
import { provisionUserPool } from './resources/cognito';
import { provisionTables } from './resources/dynamodb';
import { startMappings } from './resources/event-source-mappings';
import { listInvokePermissions } from './resources/iam';
import { provisionFunctions } from './resources/lambda';
import { resourceTypes } from './resources/resource-types';
import { provisionSecrets } from './resources/secrets-manager';
import { provisionQueues } from './resources/sqs';
import { provisionStateMachines } from './resources/step-functions';
import { openSecretsManager } from './secrets-manager/secrets-manager';
import { openSqs } from './sqs/sqs';
import { openStepFunctions } from './step-functions/step-functions';
import { openStorage } from './storage/open-storage';
import { meterTables, type Use } from './usage';

const HOST = '127.0.0.1';
const PLACE = { region: 'us-east-1', accountId: '000000000000' };

export interface LocalCloudOptions {
  /** The cloud assembly, `cdk.out`. */
  readonly assemblyDirectory: string;
  /** Where state is kept; in memory only when absent. */
  readonly dataDirectory?: string;
  /** Forget what the data directory holds. Default `false`. */
  readonly fresh?: boolean;
  /** 0 = a free one. */
  readonly port: number;
  /** 0 = a free one. */
  readonly awsPort: number;
  readonly clock: Clock;
  /** Each line that a function logs. */
  readonly onLog?: (line: LogLine) => void;
  /** Each use of a service that AWS would bill. */
  readonly onUse?: (use: Use) => void;
  /** What went wrong in the local cloud itself. */
  readonly onError: (error: unknown) => void;
}

export interface LocalCloud {
  readonly apiUrl: string;
  readonly awsUrl: string;
  /** Stops taking requests, then closes the rooms and the storage. What is under way goes on at the next start. */
  close(): Promise<void>;
}

/**
 * Starts the local cloud. When anything fails, what was started is closed again.
 *
 * @throws {Error} with a line for each problem that the user can mend: a port, the data directory, the template.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const opened: Array<{ close(): Promise<void> }> = [];
  const keep = <Room extends { close(): Promise<void> }>(room: Room): Room => {
    opened.unshift(room);
    return room;
  };
  const close = async () => {
    for (const room of opened.splice(0)) await room.close();
  };
  try {
    const { clock, onError } = options;
    const storage = keep(
      await openStorage({ ...(options.dataDirectory !== undefined && { directory: options.dataDirectory }) }),
    );
    if (options.fresh) await storage.dynalite.db.clear();
    const endpoint = keep(
      await openEndpoint({ port: options.awsPort, portFlag: '--aws-port', clock, onError, home: PLACE }),
    );
    const api = keep(await openApiServer({ port: options.port, host: HOST, portFlag: '--port', onError }));
    const addresses = { apiUrl: `http://${HOST}:${api.port}`, awsUrl: `http://${HOST}:${endpoint.port}` };
    await openRooms({ ...options, ...addresses, storage, endpoint, api, keep });
    return { ...addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Surroundings extends LocalCloudOptions {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly storage: Awaited<ReturnType<typeof openStorage>>;
  readonly endpoint: Endpoint;
  readonly api: ApiServer;
  keep<Room extends { close(): Promise<void> }>(room: Room): Room;
}

/** Opens the rooms, makes every resource of the assembly, and lets requests in when all are there. */
async function openRooms(surroundings: Surroundings): Promise<void> {
  const { storage, clock, awsUrl, apiUrl, endpoint, api, keep, onLog, onUse } = surroundings;
  const assembly = loadAssembly(surroundings.assemblyDirectory, PLACE, resourceTypes({ apiUrl, awsUrl }));
  const resources: Resource[] = assembly.stacks.flatMap((stack) => stack.resources);
  const room = (name: string) => ({ ...PLACE, clock, store: storage.keyValue(name) });

  const dynamodb = keep(await openDynamoDb({ ...PLACE, storage, clock }));
  const secrets = openSecretsManager(room('secrets-manager'));
  const sqs = await openSqs({ ...room('sqs'), awsEndpoint: awsUrl });
  const onInvoke = onUse && ((functionName: string) => onUse({ service: 'lambda', functionName }));
  const lambda = keep(
    openLambda({ ...PLACE, clock, awsEndpoint: awsUrl, ...(onLog && { onLog }), ...(onInvoke && { onInvoke }) }),
  );
  const stepFunctions = keep(await openStepFunctions({ ...room('step-functions'), invokeLambda: lambda.invoke }));

  await provisionTables(resources, dynamodb);
  await provisionSecrets(resources, secrets);
  provisionQueues(resources, sqs);
  provisionFunctions(assembly, resources, lambda);
  provisionStateMachines(resources, stepFunctions);
  const userPool = await provisionUserPool(resources, { ...room('cognito'), issuer: apiUrl });
  const restApi = provisionRestApi(resources, {
    ...PLACE,
    clock,
    invokeLambda: lambda.invoke,
    isInvokable: listInvokePermissions(resources),
  });

  const cloudFormation = openCloudFormationApi({ assembly, clock });
  endpoint.attach({
    json: {
      DynamoDB_20120810: onUse ? meterTables(dynamodb.handle, onUse, lambda.functionNameOf) : dynamodb.handle,
      DynamoDBStreams_20120810: dynamodb.handleStreams,
      AWSStepFunctions: stepFunctions.handle,
      AmazonSQS: sqs.handle,
      secretsmanager: (operation, body) => secrets.handle(operation, body),
    },
    query: {
      cloudformation: (action, params) => cloudFormation.handle(action, params),
      sts: createStsApi({ accountId: PLACE.accountId, arnOf: toStsArn(PLACE.accountId, lambda) }),
    },
    rest: [lambdaRoute(lambda), functionUrlRoute(lambda)],
  });
  api.attach([
    ...(userPool ? [{ prefix: '/', handle: userPool.handle }] : []),
    { prefix: '/', handle: restApi.handle },
  ]);
  await stepFunctions.resume();
  const mappings = { dynamodb, lambda, sqs, clock, store: storage.keyValue('event-source-mappings') };
  for (const mapping of startMappings(resources, mappings)) keep(mapping);
}
