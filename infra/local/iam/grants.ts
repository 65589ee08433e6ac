import type { Clause, Statement } from './policy';

/** One action on one pattern of resources that a statement allows. Wildcards count as one. */
export interface Grant {
  /** The role, or the policy of a resource, as `<stack>/<logical id>`. */
  readonly role: string;
  /** As in the policy; of a policy written by AWS its ARN. */
  readonly action: string;
  readonly resource: string;
}

/** The grant as one text, the same for the same grant. */
export function grantKey({ role, action, resource }: Grant): string {
  return `${role} ${action} ${resource}`;
}

/**
 * What a statement grants, a grant for each of its actions on each of its resources; nothing when it denies. With a request,
 * only what matches it.
 */
export function grantsOf(statement: Statement, request?: { action: string; resource: string }): Grant[] {
  const { holder: role, effect, actions, resources, managedPolicyArn } = statement;
  if (effect === 'Deny') return [];
  if (managedPolicyArn !== undefined) return [{ role, action: managedPolicyArn, resource: '*' }];
  return textsOf(actions, request?.action).flatMap((action) =>
    textsOf(resources, request?.resource).map((resource) => ({ role, action, resource })),
  );
}

/** The patterns; those that match, if a value is given. What is negated is one grant of all together. */
function textsOf({ patterns, isNegated }: Clause, value?: string): string[] {
  if (isNegated) return [`not ${patterns.map(({ text }) => text).join(', ')}`];
  return patterns.filter(({ matches }) => value === undefined || matches(value)).map(({ text }) => text);
}
