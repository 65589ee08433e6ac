import type { PropertyRule, PropertyRules } from './resource-types';
import { UNKNOWN } from './template';

/**
 * Takes from an object what the local cloud understands of it: `read` gives the value of a member, `undefined` to leave
 * it out. Each member and value that is not understood is reported in a line; `path` begins their names.
 */
export function applyRules(
  rules: PropertyRules,
  names: readonly string[],
  read: (name: string) => unknown,
  report: (problem: string) => void,
  path = '',
): Record<string, unknown> {
  const understood: Record<string, unknown> = {};
  for (const name of names) {
    const rule = rules[name];
    if (rule === undefined) report(`has property ${path}${name}, ${UNKNOWN}`);
    if (rule === undefined || rule === 'ignored') continue;
    const value = read(name);
    if (value !== undefined) understood[name] = applyRule(rule, value, report, `${path}${name}`);
  }
  return understood;
}

function applyRule(rule: PropertyRule, value: unknown, report: (problem: string) => void, path: string): unknown {
  if (typeof rule === 'string') return value;
  if ('members' in rule) {
    if (Array.isArray(value)) return value.map((one, index) => applyRule(rule, one, report, `${path}[${index}]`));
    const object = value as Record<string, unknown>;
    return applyRules(rule.members, Object.keys(object), (name) => object[name], report, `${path}.`);
  }
  // CloudFormation takes numbers and booleans as text, too.
  if (!rule.oneOf.map(String).includes(String(value))) {
    report(`has ${path} ${JSON.stringify(value)}; the local cloud understands ${rule.oneOf.join(', ')}`);
  }
  return value;
}
