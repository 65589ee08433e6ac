import type { RequestContext } from './condition';
import { type Grant, grantsOf } from './grants';
import type { Clause, PrincipalPattern, Statement } from './policy';

/** Who asks for something. */
export type Principal =
  | RolePrincipal
  | ServicePrincipal
  /** Whoever holds the account's keys. */
  | { readonly kind: 'account' }
  /** Nobody known, as who calls a function URL. */
  | { readonly kind: 'anonymous' };

/** A session of a role. */
export interface RolePrincipal {
  readonly kind: 'role';
  readonly roleArn: string;
  readonly sessionName: string;
}

/** A service of AWS that acts by itself. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** As it stands before `.amazonaws.com`. */
  readonly service: string;
  /** What of the service acts, such as a rule. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `dynamodb:GetItem`. */
  readonly action: string;
  /** An ARN, `*` for an action that is about no certain resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

export interface Evaluation {
  /** An implicit deny is that no statement decided. */
  readonly decision: 'allowed' | 'explicit-deny' | 'implicit-deny';
  /** The statement that decided. */
  readonly by?: Statement;
  /** All that allow the request, empty when it is denied. */
  readonly grants: readonly Grant[];
}

/**
 * Decides on a request within one account: a deny in any of the statements wins, then one allow in any of them is enough, and
 * silence denies. The statements are those of the role's policies and of the resource's together.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Evaluation {
  const context = contextOf(request);
  const holding = statements.filter(
    (statement) => isAbout(statement, request) && statement.conditions.every((holds) => holds(context)),
  );
  const denying = holding.find(({ effect }) => effect === 'Deny');
  if (denying !== undefined) return { decision: 'explicit-deny', by: denying, grants: [] };
  const [by] = holding;
  if (by === undefined) return { decision: 'implicit-deny', grants: [] };
  return { decision: 'allowed', by, grants: holding.flatMap((statement) => grantsOf(statement, request)) };
}

function isAbout(statement: Statement, { principal, action, resource }: AccessRequest): boolean {
  const { actions, resources, principals } = statement;
  const isMeant = principals === undefined || principals.some((pattern) => isPrincipal(pattern, principal));
  return isMeant && matches(actions, action) && matches(resources, resource);
}

function matches({ patterns, isNegated }: Clause, value: string): boolean {
  return patterns.some((pattern) => pattern.matches(value)) !== isNegated;
}

function isPrincipal(pattern: PrincipalPattern, principal: Principal): boolean {
  if (pattern.kind === 'anyone') return true;
  if (principal.kind === 'role') return pattern.kind === 'role' && pattern.id === principal.roleArn;
  return principal.kind === 'service' && pattern.id === `${principal.service}.amazonaws.com`;
}

/** Requests count as encrypted, as they are on AWS. */
function contextOf({ principal, context }: AccessRequest): RequestContext {
  const source = principal.kind === 'service' && {
    'aws:SourceArn': principal.sourceArn,
    'aws:SourceAccount': principal.sourceAccount,
  };
  return { 'aws:SecureTransport': 'true', ...source, ...context };
}
