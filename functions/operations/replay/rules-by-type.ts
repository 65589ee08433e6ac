import type { ServiceContract } from '../../../lib/service/contract';
import { ruleName } from '../../../lib/service/names';

/** The rules that take an event, by its type; a type that no service reacts to is not there. */
export function rulesByType(services: readonly ServiceContract[], stage: string): ReadonlyMap<string, string[]> {
  const rules = new Map<string, string[]>();
  for (const { name, handlers } of services) {
    for (const { trigger } of Object.values(handlers)) {
      if (trigger.kind !== 'events') continue;
      for (const { type } of trigger.consumes.map(({ event }) => event)) {
        rules.set(type, [...(rules.get(type) ?? []), ruleName(stage, name, type)]);
      }
    }
  }
  return rules;
}
