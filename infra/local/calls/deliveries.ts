import { AwsError } from '../aws-error';
import type { Deliver, Delivery, DeliverySource, MessageAttributes } from '../delivery';
import type { FaultTarget } from '../faults/faults';
import type { Access, Principal } from '../iam/access';
import { namedTarget } from './fault-target';
import type { Gate } from './gate';

/** What can be reached by a delivery. */
export interface Targets {
  invokeFunction(functionArn: string, payload: string): Promise<unknown>;
  sendMessage(queueArn: string, body: string, attributes: MessageAttributes): Promise<unknown>;
  startExecution(stateMachineArn: string, input: string): Promise<unknown>;
  putEvent(busArn: string, event: string): Promise<unknown>;
}

export interface DeliveriesOptions {
  readonly access: Access;
  readonly gate: Gate;
  readonly accountId: string;
  /** Asked when something is delivered: by then all are there. */
  targets(): Targets;
}

type Route = {
  readonly action: string;
  readonly part?: FaultTarget['part'];
  run(targets: Targets, delivery: Delivery): Promise<unknown>;
};

/** By the service in the target's ARN. */
const ROUTES: Readonly<Record<string, Route>> = {
  lambda: {
    action: 'lambda:InvokeFunction',
    run: (targets, { targetArn, payload }) => targets.invokeFunction(targetArn, payload),
  },
  sqs: {
    action: 'sqs:SendMessage',
    part: 'sqs',
    run: (targets, { targetArn, payload, messageAttributes = {} }) =>
      targets.sendMessage(targetArn, payload, messageAttributes),
  },
  states: {
    action: 'states:StartExecution',
    part: 'states',
    run: (targets, { targetArn, payload }) => targets.startExecution(targetArn, payload),
  },
  events: {
    action: 'events:PutEvents',
    part: 'events',
    run: (targets, { targetArn, payload }) => targets.putEvent(targetArn, payload),
  },
};

/**
 * Delivers from one service to another, as the role that the source assumes, or as the service itself when it assumes none.
 * A fault may strike it as it strikes any call.
 */
export function openDeliveries(options: DeliveriesOptions): Deliver {
  const { gate, targets } = options;
  return async (delivery) => {
    const { targetArn, source } = delivery;
    const route = ROUTES[targetArn.split(':')[2] ?? ''];
    if (route === undefined) {
      const known = Object.keys(ROUTES).join(', ');
      throw new AwsError('ValidationException', `a target must be an ARN of ${known}, got ${targetArn}`);
    }
    const principal = principalOf(source, options);
    const target = route.part && { ...namedTarget(route.part, targetArn), call: route.action };
    const call = { principal, needs: [{ action: route.action, resource: targetArn }], ...(target && { target }) };
    await gate.pass(call, () => route.run(targets(), delivery));
  };
}

/** Attributes of a message, all of them text. */
export function toTextAttributes(attributes: Readonly<Record<string, string>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}

function principalOf({ service, arn, roleArn }: DeliverySource, { access, accountId }: DeliveriesOptions): Principal {
  if (roleArn === undefined) return { kind: 'service', service, sourceArn: arn, sourceAccount: accountId };
  return access.assume({ service, sourceArn: toAssumingArn(arn), sourceAccount: accountId }, roleArn, service);
}

/**
 * For which of its resources a service assumes a role. A schedule does it as its group.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export function toAssumingArn(sourceArn: string): string {
  return sourceArn.replace(/^(arn:aws:scheduler:[^:]*:\d+:schedule)\/([^/]+)\/.*$/, '$1-group/$2');
}
