import { AwsError } from '../aws-error';
import type { Deliver, Delivery, DeliverySource, MessageAttributes } from '../delivery';
import type { FaultTarget } from '../faults/faults';
import type { Access, Principal } from '../iam/access';
import { type BeginSpan, inSpan, type SpanOpening } from '../tracing';
import { namedTarget } from './fault-target';
import type { Gate } from './gate';

/** What can be reached by a delivery. */
export interface Targets {
  invokeFunction(functionArn: string, payload: string, trace: Traced): Promise<unknown>;
  sendMessage(queueArn: string, body: string, attributes: MessageAttributes, trace: Traced): Promise<unknown>;
  startExecution(stateMachineArn: string, input: string, trace: Traced): Promise<unknown>;
  putEvent(busArn: string, event: string, trace: Traced): Promise<unknown>;
}

/** `X-Amzn-Trace-Id`, if there is one to go on with. */
export type Traced = Pick<Delivery, 'traceHeader'>;

export interface DeliveriesOptions {
  readonly access: Access;
  /** Begins the span of a delivery. Default: nothing is recorded. */
  readonly beginSpan?: BeginSpan;
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
    run: (targets, { targetArn, payload, ...of }) => targets.invokeFunction(targetArn, payload, traceOf(of)),
  },
  sqs: {
    action: 'sqs:SendMessage',
    part: 'sqs',
    run: (targets, { targetArn, payload, messageAttributes = {}, ...of }) =>
      targets.sendMessage(targetArn, payload, messageAttributes, traceOf(of)),
  },
  states: {
    action: 'states:StartExecution',
    part: 'states',
    run: (targets, { targetArn, payload, ...of }) => targets.startExecution(targetArn, payload, traceOf(of)),
  },
  events: {
    action: 'events:PutEvents',
    part: 'events',
    run: (targets, { targetArn, payload, ...of }) => targets.putEvent(targetArn, payload, traceOf(of)),
  },
};

/**
 * Delivers from one service to another, as the role that the source assumes, or as the service itself when it assumes none.
 * A fault may strike it as it strikes any call. What is delivered within a trace is a span of it, beside what the target does: that
 * gets the trace header as the sender wrote it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-related-service-xray.html
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
    const pass = () => gate.pass(call, () => route.run(targets(), delivery));
    const span = delivery.traceHeader === undefined ? undefined : options.beginSpan?.(toOpening(delivery));
    await (span ? inSpan(span, pass) : pass());
  };
}

/** Named by the rule, the schedule or the function that delivers, and by where it delivers to. */
function toOpening({ source, targetArn, traceHeader }: Delivery): SpanOpening {
  const name = `${nameIn(source.arn)} → ${nameIn(targetArn)}`;
  return { name, service: SERVICES[source.service] ?? source.service, kind: 'producer', traceHeader };
}

const SERVICES: Readonly<Record<string, string>> = { events: 'event-bridge' };

function traceOf({ traceHeader }: Traced): Traced {
  return traceHeader === undefined ? {} : { traceHeader };
}

/** What stands last in an ARN. */
function nameIn(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
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
