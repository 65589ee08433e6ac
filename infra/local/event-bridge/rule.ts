import type { NewDelivery } from '../delivery-retry';
import { type EventPattern, parseEventPattern } from '../event-pattern';
import type { RetryPolicy } from '../retry-policy';
import type { TimetableEntry } from '../timetable';
import type { BusEvent } from './event';
import { type Place, ruleArn, toBusName } from './names';
import { toTimes } from './scheduled-rule';
import { parseTargetInput, type TargetInput } from './target-input';

/** A rule as it stands in a template, and as ListRules shows it. */
export interface RuleDefinition {
  readonly Name: string;
  /** Name or ARN; the default bus unless told. */
  readonly EventBusName?: string;
  readonly Description?: string;
  /** JSON; a rule has this or a schedule, or both. */
  readonly EventPattern?: string;
  /** `rate(5 minutes)`. */
  readonly ScheduleExpression?: string;
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly Targets?: readonly RuleTarget[];
}

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
  /** When it makes an event itself, if it has a schedule. */
  readonly schedule?: TimetableEntry;
}

/**
 * Makes a rule of its definition.
 *
 * @throws {AwsError} `InvalidEventPatternException`; `ValidationException` for a schedule that is not valid, or on another bus
 *   than the default one
 * @throws {Error} that names the rule when it has neither pattern nor schedule, or when a target is not valid or is none that
 *   the local cloud delivers to
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
export function toRule(definition: RuleDefinition, place: Place): Rule {
  const { Name: name, EventBusName, EventPattern, ScheduleExpression, Targets = [] } = definition;
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw new Error(`Rule ${name} must have an EventPattern or a ScheduleExpression`);
  }
  const busName = toBusName(EventBusName);
  const arn = ruleArn(place, busName, name);
  const targets = Targets.map((target) => prepareTarget(target, { name, arn }));
  const toDeliveries: Rule['toDeliveries'] = (event, ingestedAtMs) =>
    targets.map((toDelivery) => toDelivery(event, ingestedAtMs));
  const rule = {
    definition,
    busName,
    arn,
    matches: EventPattern === undefined ? () => false : parseEventPattern(EventPattern),
    toDeliveries,
  };
  return ScheduleExpression === undefined ? rule : { ...rule, schedule: toTimes(rule, ScheduleExpression, place) };
}

function prepareTarget(
  target: RuleTarget,
  rule: { name: string; arn: string },
): (event: BusEvent, ingestedAtMs: number) => NewDelivery {
  const { Arn: targetArn, RoleArn: roleArn, RetryPolicy: retryPolicy = {}, DeadLetterConfig } = target;
  const [, service] = /^arn:[^:]+:(lambda|sqs|states|events):/.exec(targetArn) ?? [];
  if (service === undefined) {
    throw new Error(`Rule ${rule.name}: ${targetArn} must be a function, a queue, a state machine or an event bus`);
  }
  if (service === 'events' && (target.Input ?? target.InputPath ?? target.InputTransformer) !== undefined) {
    throw new Error(`Rule ${rule.name}: a bus gets the event as it is, without Input, InputPath and InputTransformer`);
  }
  const toPayload = parseTargetInput(target.Id, target, rule);
  const source = { service: 'events', arn: rule.arn, ...(roleArn && { roleArn }) };
  const deadLetterQueueArn = DeadLetterConfig?.Arn;
  return (event, ingestedAtMs) => {
    const { payload, refusal } = toPayload(event, ingestedAtMs);
    return {
      delivery: { targetArn, payload, source },
      retryPolicy,
      deadLetterAttributes: { RULE_ARN: rule.arn, TARGET_ARN: targetArn },
      ...(deadLetterQueueArn && { deadLetterQueueArn, deadLetterBody: JSON.stringify(event) }),
      ...(refusal && { refusal }),
    };
  };
}
