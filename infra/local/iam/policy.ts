import { type Condition, parseConditions } from './condition';
import { type Pattern, toActionPattern, toResourcePattern } from './pattern';

/** Attached to a role (`identity`), to a resource, or the policy of a role that says who may assume it (`trust`). */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** One statement of a policy, its form checked. */
export interface Statement {
  /** Where it stands in the templates, for people. */
  readonly place: string;
  readonly kind: PolicyKind;
  /** Whose grants these are: the role or the resource policy, as `<stack>/<logical id>`. */
  readonly holder: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Clause;
  readonly resources: Clause;
  /** Absent in identity policies: they are about the role that holds them. */
  readonly principals?: readonly PrincipalPattern[];
  readonly conditions: readonly Condition[];
  /** Written by AWS: what it grants counts as the one grant of the policy with this ARN. */
  readonly managedPolicyArn?: string;
}

/** What `Action` or `Resource` lists; negated when it is `NotAction` or `NotResource`. */
export interface Clause {
  readonly patterns: readonly Pattern[];
  readonly isNegated: boolean;
}

/** `anyone`, a service as `events.amazonaws.com`, or a role by its ARN. */
export type PrincipalPattern = { readonly kind: 'anyone' } | { readonly kind: 'service' | 'role'; readonly id: string };

/** Where a policy stands and what it is. */
export type PolicyOrigin = Pick<Statement, 'kind' | 'holder' | 'place' | 'managedPolicyArn'>;

/**
 * Reads a policy document.
 *
 * @throws {Error} that names the place, for everything that IAM or the local cloud does not understand: a policy that is read
 *   in another way than on AWS is worse than none.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function parsePolicy(document: unknown, origin: PolicyOrigin): Statement[] {
  const { Version: version, Statement: statements, ...foreign } = (document ?? {}) as Record<string, unknown>;
  refuseForeign(foreign, ['Id'], origin.place);
  if (version !== '2012-10-17') throw new Error(`${origin.place}: Version must be 2012-10-17, got ${String(version)}`);
  return [statements].flat().map((statement, index) => {
    const { Sid: sid } = (statement ?? {}) as Record<string, unknown>;
    const place = `${origin.place}, statement ${sid === undefined ? index + 1 : String(sid)}`;
    try {
      return parseStatement(statement, { ...origin, place });
    } catch (error) {
      throw new Error(`${place}: ${(error as Error).message}`);
    }
  });
}

function parseStatement(value: unknown, origin: PolicyOrigin): Statement {
  if (typeof value !== 'object' || value === null) throw new Error(`must be an object, got ${JSON.stringify(value)}`);
  // ${*} and the like would be compared as they are written.
  if (JSON.stringify(value).includes('${')) throw new Error('policy variables are not supported');
  const statement = value as Record<string, unknown>;
  const { Sid: _, Effect: effect, Principal: principal, Condition: condition = {}, ...rest } = statement;
  const { Action, NotAction, Resource, NotResource, ...foreign } = rest;
  refuseForeign(foreign, [], 'statement');
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`Effect must be Allow or Deny, got ${String(effect)}`);
  if ((origin.kind === 'identity') !== (principal === undefined)) {
    throw new Error('Principal belongs into the policy of a resource, and only there');
  }
  // Who may assume a role is about that very role.
  const resource = origin.kind === 'trust' ? '*' : Resource;
  return {
    ...origin,
    effect,
    actions: toClause('Action', Action, NotAction, toActionPattern),
    resources: toClause('Resource', resource, NotResource, toResourcePattern),
    ...(principal !== undefined && { principals: toPrincipals(principal) }),
    conditions: parseConditions(condition as object),
  };
}

function toClause(name: string, positive: unknown, negative: unknown, toPattern: (text: string) => Pattern): Clause {
  if ((positive === undefined) === (negative === undefined)) {
    throw new Error(`a statement must have one of ${name} and Not${name}`);
  }
  return { patterns: toTexts(positive ?? negative, name).map(toPattern), isNegated: positive === undefined };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function toPrincipals(principal: unknown): PrincipalPattern[] {
  if (principal === '*') return [{ kind: 'anyone' }];
  return Object.entries(principal as Record<string, unknown>).flatMap(([type, ids]) =>
    toTexts(ids, `Principal ${type}`).map((id): PrincipalPattern => {
      if (type === 'AWS' && id === '*') return { kind: 'anyone' };
      if (type === 'AWS' && /^arn:[^:]*:iam::\d{12}:role\/[^*?]+$/.test(id)) return { kind: 'role', id };
      if (type === 'Service' && /^[a-z0-9-]+\.amazonaws\.com$/.test(id)) return { kind: 'service', id };
      throw new Error(`Principal ${type} ${id} is not supported; *, the ARN of a role and Service are`);
    }),
  );
}

function toTexts(value: unknown, name: string): string[] {
  const texts = [value].flat();
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts as string[];
  throw new Error(`${name} must be a string or a list of strings, got ${JSON.stringify(value)}`);
}

function refuseForeign(members: object, known: readonly string[], place: string): void {
  const foreign = Object.keys(members).find((name) => !known.includes(name));
  if (foreign !== undefined) throw new Error(`${place}: member ${foreign} is not supported`);
}
