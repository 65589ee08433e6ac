import type { AroundMapping, MappingCall } from '../resources/event-source-mappings';
import type { Callers } from './callers';
import { namedTarget } from './fault-target';
import type { Gate } from './gate';

/**
 * What event source mappings do, behind the gate: Lambda reads a source and reports failures with the role of the function.
 * That it invokes the function needs no permission.
 */
export function openMappingCalls(gate: Gate, callers: Callers): AroundMapping {
  return (call, run) => {
    const principal = callers.functionPrincipal(call.functionName);
    const needs = [{ action: call.action, resource: call.resourceArn }];
    return gate.pass({ principal, needs, target: { ...toTarget(call), call: call.action } }, run);
  };
}

/** Of a stream, its table is the target: `arn:aws:dynamodb:…:table/<name>/stream/<label>`. */
function toTarget({ action, resourceArn }: MappingCall) {
  if (action === 'dynamodb:GetRecords') return namedTarget('dynamodb', resourceArn.split('/')[1]);
  return namedTarget('sqs', resourceArn);
}
