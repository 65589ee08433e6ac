import { type Callers, openCallers } from './calls/callers';
import { openDeliveries, type Targets, toTextAttributes } from './calls/deliveries';
import { openFunctionFaults } from './calls/function-faults';
import { type Gate, openGate } from './calls/gate';
import { openLogLines } from './calls/log-lines';
import type { Clock } from './clock';
import type { Resource } from './cloud-assembly/cloud-assembly';
import { type CloudWatch, openCloudWatch } from './cloudwatch/cloudwatch';
import type { Deliver } from './delivery';
import type { SendToDeadLetterQueue } from './delivery-retry';
import { type DynamoDb, openDynamoDb } from './dynamodb/dynamodb';
import { type EventBridge, openEventBridge } from './event-bridge/event-bridge';
import { type Faults, openFaults } from './faults/faults';
import type { Access } from './iam/access';
import { functionArn, parseFunctionName } from './lambda/function-name';
import { type Lambda, type LogLine, openLambda } from './lambda/lambda';
import { provisionAccess } from './resources/iam';
import { listFunctions } from './resources/lookups';
import { openScheduler, type Scheduler } from './scheduler/scheduler';
import { openSecretsManager, type SecretsManager } from './secrets-manager/secrets-manager';
import { openSqs, type Sqs } from './sqs/sqs';
import { openStepFunctions, type StepFunctions } from './step-functions/step-functions';
import type { Storage } from './storage/open-storage';
import { meterQueues, type Use } from './usage';
import { openXRay, type XRay } from './x-ray/x-ray';

export interface RoomsOptions {
  readonly resources: readonly Resource[];
  readonly place: { readonly region: string; readonly accountId: string };
  readonly awsUrl: string;
  readonly storage: Storage;
  readonly clock: Clock;
  /** Each line of the functions' logs. */
  readonly onLog?: (line: LogLine) => void;
  /** Each use of a service that AWS would bill. */
  readonly onUse?: (use: Use) => void;
  /** What somebody should know of, in one line: a call that was denied, a fault that struck, an event that was lost. */
  readonly onNotice: (line: string) => void;
  /** Takes what is to be closed, in the order of opening. */
  keep<Room extends { close(): Promise<void> }>(room: Room): Room;
}

/** The services of the local cloud, open and empty, and what stands between them. */
export interface Rooms {
  readonly access: Access;
  readonly callers: Callers;
  readonly cloudWatch: CloudWatch;
  readonly dynamodb: DynamoDb;
  readonly eventBridge: EventBridge;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly lambda: Lambda;
  readonly scheduler: Scheduler;
  readonly secrets: SecretsManager;
  readonly sqs: Sqs;
  readonly stepFunctions: StepFunctions;
  readonly xRay: XRay;
}

/**
 * Opens the rooms. They do not know each other: what one does with another goes through the gate, where policies are checked
 * and faults strike.
 *
 * @throws {Error} with a line for each policy in the templates that is not understood.
 */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { resources, place, storage, clock, awsUrl, keep, onUse, onNotice } = options;
  const onError = (error: unknown, what: string) => onNotice(`lost: ${what}: ${(error as Error).message}`);
  const room = (name: string) => ({ ...place, clock, store: storage.keyValue(name) });

  const faults = openFaults({ clock, onStrike: onNotice });
  const access = provisionAccess(resources, {
    ...place,
    onDenied: ({ message, missing }) => onNotice(`denied: ${message}${missing ? `; missing: ${missing}` : ''}`),
  });
  const gate = openGate({ access, faults, clock });
  const xRay = keep(await openXRay({ clock, onNotice }));
  const { beginSpan } = xRay;
  const deliver = openDeliveries({ ...place, access, beginSpan, gate, targets: () => toTargets(rooms) });
  const delivering = { deliver, sendToDeadLetterQueue: toDeadLetterSender(deliver), onError };

  const cloudWatch = openCloudWatch({ ...place, clock, onLoss: onNotice });
  const dynamodb = keep(await openDynamoDb({ ...place, storage, clock }));
  const secrets = openSecretsManager(room('secrets-manager'));
  const sqs = meterQueues(keep(await openSqs({ ...room('sqs'), awsEndpoint: awsUrl })), onUse);
  const eventBridge = keep(openEventBridge({ ...room('event-bridge'), ...delivering }));
  const scheduler = keep(openScheduler({ ...room('scheduler'), ...delivering }));
  const { lambda, callers } = openFunctions(options, { access, faults, cloudWatch, deliver, xRay });
  const stepFunctions = keep(await openStateMachines(options, { gate, lambda, cloudWatch, xRay }));
  const rooms = {
    access,
    callers,
    cloudWatch,
    dynamodb,
    eventBridge,
    faults,
    gate,
    lambda,
    scheduler,
    secrets,
    sqs,
    stepFunctions,
    xRay,
  };
  return rooms;
}

function openFunctions(
  { resources, place, storage, clock, awsUrl, keep, onLog, onUse, onNotice }: RoomsOptions,
  parts: Pick<Rooms, 'access' | 'faults' | 'cloudWatch' | 'xRay'> & { deliver: Deliver },
): Pick<Rooms, 'lambda' | 'callers'> {
  const { access, faults, cloudWatch, deliver, xRay } = parts;
  const functions = listFunctions(resources);
  const roleOf = (functionName: string) => functions.get(functionName)?.roleArn;
  const logLines = openLogLines({ ...place, access, roleOf, putLog: cloudWatch.putLog });
  const timeoutSecondsOf = (functionName: string) => functions.get(functionName)?.timeoutSeconds ?? 0;
  const lambda = openLambda({
    ...place,
    clock,
    store: storage.keyValue('lambda'),
    awsEndpoint: awsUrl,
    beginSpan: xRay.beginSpan,
    xrayDaemonAddress: xRay.daemonAddress,
    deliver,
    onDeliveryFailure: (error, { source }) =>
      onNotice(`lost: record of an invocation of ${source.arn}: ${(error as Error).message}`),
    intercept: openFunctionFaults({ faults, clock, timeoutSecondsOf }),
    onLogStream: logLines.open,
    onLog: (line) => {
      onLog?.(line);
      logLines.keep(line);
    },
    ...(onUse && {
      onInvoke: (functionName) => onUse({ service: 'lambda', functionName }),
      onBilled: (time) => onUse({ service: 'lambda-time', ...time }),
    }),
  });
  const { accountId } = place;
  return {
    lambda: keep(lambda),
    callers: openCallers({ access, accountId, roleOf, functionNameOf: lambda.functionNameOf }),
  };
}

function openStateMachines(
  { place, storage, clock }: RoomsOptions,
  { gate, lambda, cloudWatch, xRay }: Pick<Rooms, 'gate' | 'lambda' | 'cloudWatch' | 'xRay'>,
): Promise<StepFunctions> {
  return openStepFunctions({
    ...place,
    clock,
    store: storage.keyValue('step-functions'),
    beginSpan: xRay.beginSpan,
    invokeLambda: async ({ functionNameOrArn, payload, roleArn, executionArn, traceHeader }) => {
      const { functionName, qualifier } = parseFunctionName(functionNameOrArn);
      const need = { action: 'lambda:InvokeFunction', resource: functionArn(place, functionName, qualifier) };
      const principal = { kind: 'role', roleArn, sessionName: executionArn.split(':').at(-1) ?? '' } as const;
      return gate.pass({ principal, needs: [need] }, () => lambda.invoke(functionNameOrArn, payload, { traceHeader }));
    },
    onExecutionLog: (logGroupArn, document) =>
      cloudWatch.putLog({
        logGroup: toLogGroupName(logGroupArn),
        logStream: 'states',
        at: clock.now(),
        message: JSON.stringify(document),
      }),
  });
}

function toTargets({ lambda, sqs, stepFunctions, eventBridge }: Rooms): Targets {
  return {
    invokeFunction: lambda.invokeAsync,
    sendMessage: (queueArn, MessageBody, MessageAttributes, trace) => {
      const QueueUrl = sqs.queueUrl(queueArn.split(':').at(-1) ?? '');
      return sqs.handle('SendMessage', { QueueUrl, MessageBody, MessageAttributes }, trace);
    },
    startExecution: (stateMachineArn, input, trace) =>
      stepFunctions.handle('StartExecution', { stateMachineArn, input }, trace),
    putEvent: eventBridge.receive,
  };
}

function toDeadLetterSender(deliver: Deliver): SendToDeadLetterQueue {
  return (targetArn, payload, attributes, source, traceHeader) => {
    const trace = traceHeader === undefined ? {} : { traceHeader };
    return deliver({ targetArn, payload, source, ...trace, messageAttributes: toTextAttributes(attributes) });
  };
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>`, with or without `:*` behind it. */
export function toLogGroupName(logGroupArn: string): string {
  return logGroupArn.split(':')[6] ?? '';
}
