import type { NewDelivery } from '../delivery-retry';
import { type EventPattern, parseEventPattern } from '../event-pattern';
import { checkRetryPolicy, type RetryPolicy } from '../retry-policy';
import type { BusEvent } from './event';
import { type Place, ruleArn, toBusName } from './names';
import { parseTargetInput, type TargetInput } from './target-input';

/** A rule of the template. */
export interface RuleDefinition {
  readonly name: string;
  /** Name or ARN; the default bus unless told. */
  readonly eventBusName?: string;
  readonly description?: string;
  /** JSON. */
  readonly eventPattern: string;
  readonly state: 'ENABLED' | 'DISABLED';
  /** The role for targets that have none of their own. */
  readonly roleArn?: string;
  readonly targets: readonly RuleTarget[];
}

/** A target as it stands in a template, and as ListTargetsByRule shows it. */
export interface RuleTarget extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly RetryPolicy?: RetryPolicy;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

export interface Rule {
  readonly definition: RuleDefinition;
  readonly busName: string;
  readonly arn: string;
  readonly matches: EventPattern;
  /** One delivery for each target. */
  toDeliveries(event: BusEvent, ingestedAtMs: number): NewDelivery[];
}

const MAX_TARGETS = 5;
const MAX_PATTERN_CHARACTERS = 4096;

/**
 * Makes a rule of its definition.
 *
 * @throws {AwsError} `InvalidEventPatternException`
 * @throws {Error} that names the rule when a target is not valid, or is none that the local cloud delivers to
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
export function toRule(definition: RuleDefinition, place: Place): Rule {
  const { name, targets, eventPattern } = definition;
  const busName = toBusName(definition.eventBusName);
  const arn = ruleArn(place, busName, name);
  if (eventPattern.length > MAX_PATTERN_CHARACTERS) {
    throw new Error(
      `Rule ${name}: its pattern has ${eventPattern.length} characters, at most ${MAX_PATTERN_CHARACTERS}`,
    );
  }
  if (targets.length > MAX_TARGETS) {
    throw new Error(`Rule ${name} has ${targets.length} targets, at most ${MAX_TARGETS} are allowed`);
  }
  if (new Set(targets.map(({ Id }) => Id)).size < targets.length) {
    throw new Error(`Rule ${name} has two targets with the same Id`);
  }
  const prepare = targets.map((target) => toPrepare(target, definition, arn));
  return {
    definition,
    busName,
    arn,
    matches: parseEventPattern(eventPattern),
    toDeliveries: (event, ingestedAtMs) => prepare.map((toDelivery) => toDelivery(event, ingestedAtMs)),
  };
}

type ToDelivery = (event: BusEvent, ingestedAtMs: number) => NewDelivery;

function toPrepare(target: RuleTarget, { name, roleArn }: RuleDefinition, arn: string): ToDelivery {
  const owner = `Rule ${name}, target ${target.Id}`;
  const { Arn: targetArn, RoleArn = roleArn, RetryPolicy = {}, DeadLetterConfig } = target;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(target.Id)) {
    throw new Error(`${owner}: the Id must be 1 to 64 letters, digits, dots, hyphens or underscores`);
  }
  if (!/^arn:[^:]+:(lambda|sqs|states|events):/.test(targetArn)) {
    throw new Error(`${owner}: ${targetArn} must be a function, a queue, a state machine or an event bus`);
  }
  const isBus = targetArn.includes(':event-bus/');
  if (isBus && (target.Input ?? target.InputPath ?? target.InputTransformer) !== undefined) {
    throw new Error(`${owner}: a bus gets the event as it is, without Input, InputPath and InputTransformer`);
  }
  checkRetryPolicy(owner, RetryPolicy);
  const toPayload = parseTargetInput(target.Id, target, { arn, name });
  const source = { service: 'events', arn, ...(RoleArn !== undefined && { roleArn: RoleArn }) };
  const deadLetterQueueArn = DeadLetterConfig?.Arn;
  return (event, ingestedAtMs) => {
    const { payload, refusal } = toPayload(event, ingestedAtMs);
    return {
      delivery: { targetArn, payload, source },
      retryPolicy: RetryPolicy,
      deadLetterAttributes: { RULE_ARN: arn, TARGET_ARN: targetArn },
      ...(deadLetterQueueArn !== undefined && { deadLetterQueueArn, deadLetterBody: JSON.stringify(event) }),
      ...(refusal !== undefined && { refusal }),
    };
  };
}
