import type { RequestContext } from './condition';
import type { Grant } from './grants';
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

/** The statement that decided is `by`; an implicit deny is that none did. */
export type Decision =
  | { readonly decision: 'allowed'; readonly by: Statement }
  | { readonly decision: 'explicit-deny'; readonly by: Statement }
  | { readonly decision: 'implicit-deny' };

export interface Evaluation {
  readonly decision: Decision;
  /** All that allow the request, empty when it is denied. */
  readonly grants: readonly Grant[];
  /** Another context can lead to another decision. */
  readonly dependsOnContext: boolean;
}

/**
 * Decides on a request within one account: a deny in any of the statements wins, then one allow in any of them is enough, and
 * silence denies. The statements are those of the role's policies and of the resource's together.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Evaluation {
  const speaking = statements.filter((statement) => isAbout(statement, request));
  const context = contextOf(request);
  const holding = speaking.filter(({ conditions }) => conditions.every((holds) => holds(context)));
  const dependsOnContext = speaking.some(({ conditions }) => conditions.length > 0);

  const [denying] = holding.filter(({ effect }) => effect === 'Deny');
  if (denying) return { decision: { decision: 'explicit-deny', by: denying }, grants: [], dependsOnContext };
  const [allowing] = holding;
  if (!allowing) return { decision: { decision: 'implicit-deny' }, grants: [], dependsOnContext };
  const grants = holding.flatMap((statement) =>
    toGrants(statement, matching(statement.actions, request.action), matching(statement.resources, request.resource)),
  );
  return { decision: { decision: 'allowed', by: allowing }, grants, dependsOnContext };
}

/** What a statement grants, a grant for each of its actions on each of its resources; nothing when it denies. */
export function grantsOf(statement: Statement): Grant[] {
  return statement.effect === 'Deny' ? [] : toGrants(statement, texts(statement.actions), texts(statement.resources));
}

function isAbout(statement: Statement, { principal, action, resource }: AccessRequest): boolean {
  return (
    matching(statement.actions, action).length > 0 &&
    matching(statement.resources, resource).length > 0 &&
    (statement.principals ?? ANYONE).some((pattern) => isPrincipal(pattern, principal))
  );
}

const ANYONE: readonly PrincipalPattern[] = [{ kind: 'anyone' }];

function isPrincipal(pattern: PrincipalPattern, principal: Principal): boolean {
  if (pattern.kind === 'anyone') return true;
  if (principal.kind === 'role') return pattern.kind === 'role' && pattern.id === principal.roleArn;
  return principal.kind === 'service' && pattern.id === `${principal.service}.amazonaws.com`;
}

/** The patterns that match; of a negated clause all of them together, when none does. */
function matching({ patterns, isNegated }: Clause, value: string): string[] {
  const matched = patterns.filter((pattern) => pattern.matches(value)).map(({ text }) => text);
  if (!isNegated) return matched;
  return matched.length > 0 ? [] : texts({ patterns, isNegated });
}

function texts({ patterns, isNegated }: Clause): string[] {
  const all = patterns.map(({ text }) => text);
  return isNegated ? [`not ${all.join(', ')}`] : all;
}

function toGrants(
  { holder, managedPolicyArn }: Statement,
  actions: readonly string[],
  resources: readonly string[],
): Grant[] {
  if (managedPolicyArn !== undefined) return [{ role: holder, action: managedPolicyArn, resource: '*' }];
  return actions.flatMap((action) => resources.map((resource) => ({ role: holder, action, resource })));
}

/** Requests count as encrypted, as they are on AWS. */
function contextOf({ principal, context }: AccessRequest): RequestContext {
  const source = principal.kind === 'service' && {
    'aws:SourceArn': principal.sourceArn,
    'aws:SourceAccount': principal.sourceAccount,
  };
  return { 'aws:SecureTransport': 'true', ...source, ...context };
}
