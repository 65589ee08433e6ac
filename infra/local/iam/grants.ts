import { toTextPattern } from './pattern';

/** One action on one pattern of resources that a statement allows. Wildcards count as one. */
export interface Grant {
  /** The role, or the policy of a resource, as `<stack>/<logical id>`. */
  readonly role: string;
  /** As in the policy; of a policy written by AWS its ARN. */
  readonly action: string;
  readonly resource: string;
}

/** A grant that may be unused. `*` in the texts stands for any text; what is left out fits every grant. */
export interface UnusedGrantException extends Partial<Grant> {
  readonly reason: string;
}

/** The grant as one text, the same for the same grant. */
export function grantKey({ role, action, resource }: Grant): string {
  return `${role} ${action} ${resource}`;
}

/**
 * Compares what is granted with what was used: `unused` is neither used nor excepted, `stale` are the exceptions that excuse
 * nothing (any more).
 */
export function reportUnused(
  granted: readonly Grant[],
  used: readonly Grant[],
  exceptions: readonly UnusedGrantException[],
): { unused: Grant[]; stale: UnusedGrantException[] } {
  const usedKeys = new Set(used.map(grantKey));
  const candidates = granted.filter((grant) => !usedKeys.has(grantKey(grant)));
  return {
    unused: candidates.filter((grant) => !exceptions.some((exception) => excuses(exception, grant))),
    stale: exceptions.filter((exception) => !candidates.some((grant) => excuses(exception, grant))),
  };
}

function excuses({ role = '*', action = '*', resource = '*' }: UnusedGrantException, grant: Grant): boolean {
  const pairs = [
    [role, grant.role],
    [action, grant.action],
    [resource, grant.resource],
  ] as const;
  return pairs.every(([pattern, text]) => toTextPattern(pattern).matches(text));
}
