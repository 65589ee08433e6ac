import type { ApiRoute } from './api-gateway/api-server';
import { guardHandlers } from './calls/endpoint-calls';
import type { Assembly } from './cloud-assembly/cloud-assembly';
import { openCloudFormationApi } from './cloud-assembly/cloudformation-api';
import type { EndpointHandlers } from './endpoint/endpoint';
import { createStsApi } from './endpoint/sts-api';
import { functionUrlRoute, lambdaRoute, schedulerRoute } from './endpoint-routes';
import { faultsApiRoute, faultsRoute } from './faults-routes';
import { functionUrlNeeds } from './iam/needs';
import { functionArn } from './lambda/function-name';
import { provisionRestApi } from './resources/api-gateway';
import { provisionUserPool } from './resources/cognito';
import { partitionKeys, sourceQueueArns } from './resources/lookups';
import { type Rooms, type RoomsOptions, toLogGroupName } from './rooms';
import { secretArn } from './secrets-manager/secrets-manager';
import { tracesApiRoute, tracesRoute } from './traces-routes';
import { meterEvents, meterTables } from './usage';

/** What the rooms were opened with, and where the API is reached. */
export interface ServingOptions extends Pick<RoomsOptions, 'resources' | 'place' | 'storage' | 'clock' | 'onUse'> {
  readonly assembly: Assembly;
  readonly apiUrl: string;
}

/** What the endpoint answers: every service's wire protocol, behind the gate, and the local cloud's own paths. */
export function toEndpointHandlers(rooms: Rooms, options: ServingOptions): EndpointHandlers {
  const { access, callers, gate, dynamodb, lambda, faults, xRay } = rooms;
  const { assembly, resources, place, clock, onUse } = options;
  const cloudFormation = openCloudFormationApi({ assembly, clock });
  const handlers: EndpointHandlers = {
    json: {
      DynamoDB_20120810: onUse ? meterTables(dynamodb.handle, onUse, lambda.functionNameOf) : dynamodb.handle,
      DynamoDBStreams_20120810: dynamodb.handleStreams,
      AWSStepFunctions: rooms.stepFunctions.handle,
      AmazonSQS: rooms.sqs.handle,
      AWSEvents: onUse ? meterEvents(rooms.eventBridge.handle, onUse, lambda.functionNameOf) : rooms.eventBridge.handle,
      secretsmanager: (operation, body) => rooms.secrets.handle(operation, body),
      Logs_20140328: rooms.cloudWatch.handleLogs,
      GraniteServiceVersion20100801: rooms.cloudWatch.handleMetrics,
    },
    query: {
      cloudformation: (action, params) => cloudFormation.handle(action, params),
      sts: createStsApi({ accountId: place.accountId, arnOf: callers.arnOf }),
    },
    rest: [
      lambdaRoute(lambda),
      schedulerRoute(rooms.scheduler),
      functionUrlRoute(lambda, (functionName) => {
        for (const need of functionUrlNeeds(functionArn(place, functionName), 'NONE')) {
          access.check({ principal: { kind: 'anonymous' }, ...need });
        }
      }),
      faultsRoute(faults),
      tracesRoute(xRay),
    ],
  };
  return guardHandlers(handlers, {
    ...{ gate, clock },
    principalOf: callers.principalOf,
    noteCall: lambda.noteCall,
    sources: {
      ...place,
      secretArn: (nameOrArn) => (nameOrArn.startsWith('arn:') ? nameOrArn : secretArn(nameOrArn, place)),
      partitionKeyOf: partitionKeys(resources),
      sourceQueueArns: (deadLetterQueueArn) => sourceQueueArns(resources, deadLetterQueueArn),
      // No function reads a stream by itself: mappings do.
      streamArnOf: () => '*',
    },
  });
}

/** What the API's address answers: the local cloud's own paths, the issuer of tokens, then the REST API. */
export async function toApiRoutes(
  { callers, cloudWatch, faults, lambda, xRay }: Rooms,
  { resources, place, apiUrl, storage, clock }: ServingOptions,
): Promise<ApiRoute[]> {
  const userPool = await provisionUserPool(resources, { clock, store: storage.keyValue('cognito'), issuer: apiUrl });
  const restApi = provisionRestApi(resources, {
    ...place,
    clock,
    store: storage.keyValue('api-gateway'),
    invokeLambda: (functionArn, payload, traceHeader) => lambda.invoke(functionArn, payload, { traceHeader }),
    beginSpan: xRay.beginSpan,
    isInvokable: (arn, sourceArn) => callers.isServiceAllowed('apigateway', sourceArn, 'lambda:InvokeFunction', arn),
    onAccessLog: (arn, message) =>
      cloudWatch.putLog({ logGroup: toLogGroupName(arn), logStream: 'access', at: clock.now(), message }),
  });
  return [
    faultsApiRoute(faults),
    tracesApiRoute(xRay),
    ...(userPool ? [{ prefix: '/', handle: userPool.handle }] : []),
    ...(restApi ? [{ prefix: '/', handle: restApi.handle }] : []),
  ];
}
