import type { PropertyRule } from './resource-types';
import { isObject } from './template';

/**
 * Checks a resolved property against what the local cloud understands of it.
 *
 * Returns the value without its ignored members; adds a line to `problems` for each member and value that is not
 * understood. `path` names the property in those lines.
 */
export function applyPropertyRule(value: unknown, rule: PropertyRule, path: string, problems: string[]): unknown {
  if (rule === 'used' || rule === 'ignored') return value;
  if ('oneOf' in rule) {
    // CloudFormation takes numbers and booleans as text, too.
    const isAllowed = rule.oneOf.some((allowed) => String(allowed) === String(value));
    if (!isAllowed) {
      problems.push(`has ${path} ${JSON.stringify(value)}; the local cloud understands ${rule.oneOf.join(', ')}`);
    }
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((element, index) => applyPropertyRule(element, rule, `${path}[${index}]`, problems));
  }
  if (!isObject(value)) {
    problems.push(`has ${path} ${JSON.stringify(value)}, which is not an object`);
    return value;
  }
  return applyMemberRules(value, rule.members, path, problems);
}

function applyMemberRules(
  value: Record<string, unknown>,
  rules: Readonly<Record<string, PropertyRule>>,
  path: string,
  problems: string[],
): Record<string, unknown> {
  const understood: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const rule = Object.hasOwn(rules, name) ? rules[name]! : undefined;
    if (rule === undefined) problems.push(`has ${unknownProperty(`${path}.${name}`)}`);
    else if (rule !== 'ignored') understood[name] = applyPropertyRule(member, rule, `${path}.${name}`, problems);
  }
  return understood;
}

/** Says that the local cloud does not know a property; stands after `has `. */
export function unknownProperty(path: string): string {
  return `property ${path}, which the local cloud does not know (see docs/local-cloud.md)`;
}
