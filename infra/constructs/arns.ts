import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { archiveName, eventBusName, functionName, ruleName, tableName } from '../../lib/service/names';

/** The ARN of a function by its name: needs no reference between stacks, as none of these does. */
export function functionArn(scope: Construct, stage: string, service: string, handler: string): string {
  return arnOf(scope, 'lambda', `function:${functionName(stage, service, handler)}`);
}

/** The ARN of a state machine by its name. */
export function stateMachineArn(scope: Construct, name: string): string {
  return arnOf(scope, 'states', `stateMachine:${name}`);
}

/** The ARN of the table of a service. */
export function tableArn(scope: Construct, stage: string, service: string): string {
  return arnOf(scope, 'dynamodb', `table/${tableName(stage, service)}`);
}

/** The ARN of a queue by its name. */
export function queueArn(scope: Construct, name: string): string {
  return arnOf(scope, 'sqs', name);
}

/** The ARN of the stage's bus. */
export function eventBusArn(scope: Construct, stage: string): string {
  return arnOf(scope, 'events', `event-bus/${eventBusName(stage)}`);
}

/** The ARN of the archive of the stage's bus. */
export function archiveArn(scope: Construct, stage: string): string {
  return arnOf(scope, 'events', `archive/${archiveName(stage)}`);
}

/** The ARN of the rule by which a service gets one type of event. */
export function ruleArn(scope: Construct, stage: string, service: string, type: string): string {
  return arnOf(scope, 'events', `rule/${eventBusName(stage)}/${ruleName(stage, service, type)}`);
}

/** Of every replay of the stage: their names, which begin with the bus's, are made when they are started. */
export function replayArns(scope: Construct, stage: string): string {
  return arnOf(scope, 'events', `replay/${eventBusName(stage)}-*`);
}

function arnOf(scope: Construct, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
