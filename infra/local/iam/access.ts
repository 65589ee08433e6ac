/** The IAM room: who may do what, by the policies of roles and of resources, and which of their grants were used. */
import { type Denial, toAccessError, toDenial } from './denial';
import { type AccessRequest, evaluate, type RolePrincipal, type ServicePrincipal } from './evaluate';
import { type Grant, grantKey, grantsOf } from './grants';
import { getManagedPolicy } from './managed-policies';
import { type PolicyOrigin, parsePolicy, type Statement } from './policy';

export type { Denial } from './denial';
export type { AccessRequest, Principal, RolePrincipal, ServicePrincipal } from './evaluate';
export type { Grant } from './grants';

/** A policy of the templates, with its origin. */
export interface PolicyDefinition extends PolicyOrigin {
  /** The ARN of the role, or of the function, queue or event bus, that it is attached to. */
  readonly attachedTo: string;
  /** Not given for a policy written by AWS, which is known by its ARN. */
  readonly document?: unknown;
}

export interface AccessOptions {
  readonly policies: readonly PolicyDefinition[];
  /** Called before `check` and `assume` throw. */
  readonly onDenied?: (denial: Denial) => void;
}

/** All policies of the local cloud. */
export interface Access {
  /**
   * Does nothing when the request is allowed. The account's own keys may do everything.
   *
   * @throws {AwsError} as the action's service answers; AccessDeniedException for most.
   */
  check(request: AccessRequest): void;
  /**
   * A session of a role that a service takes on.
   *
   * @throws {AwsError} AccessDenied when the role's trust policy does not let that service.
   */
  assume(service: Omit<ServicePrincipal, 'kind'>, roleArn: string, sessionName: string): RolePrincipal;
  /**
   * For what AWS checks when a resource is made. `why` begins the message, such as `event source mapping a/Stream`.
   *
   * @throws {Error} that names the role, the resource and every action that is missing.
   */
  assertGranted(role: RolePrincipal, actions: readonly string[], resource: string, why: string): void;
  /** What allowed a request so far. */
  usedGrants(): Grant[];
  /** All that the policies grant, in the order of the templates. */
  grantedGrants(): Grant[];
}

/** @throws {Error} with a line for each policy that the local cloud does not understand. */
export function openAccess({ policies, onDenied }: AccessOptions): Access {
  const statements = parseAll(policies);
  const used = new Map<string, Grant>();
  const statementsOf = (kind: PolicyOrigin['kind'], arn: string) => statements.get(keyOf(kind, arn)) ?? [];

  function decide(request: AccessRequest) {
    const { principal, action, resource } = request;
    // Who may assume a role stands in the policy of the role as a resource.
    const kind = action === 'sts:AssumeRole' ? 'trust' : 'resource';
    const ofRole = principal.kind === 'role' ? statementsOf('identity', principal.roleArn) : [];
    const evaluation = evaluate([...ofRole, ...statementsOf(kind, resource)], request);
    if (kind === 'resource') for (const grant of evaluation.grants) used.set(grantKey(grant), grant);
    return evaluation;
  }

  function check(request: AccessRequest): void {
    if (request.principal.kind === 'account') return;
    const evaluation = decide(request);
    if (evaluation.decision === 'allowed') return;
    const denial = toDenial(request, evaluation);
    onDenied?.(denial);
    throw toAccessError(request.action, denial.message);
  }

  return {
    check,
    assume(service, roleArn, sessionName) {
      check({ principal: { kind: 'service', ...service }, action: 'sts:AssumeRole', resource: roleArn });
      return { kind: 'role', roleArn, sessionName };
    },
    assertGranted(principal, actions, resource, why) {
      const missing = actions.filter((action) => decide({ principal, action, resource }).decision !== 'allowed');
      if (missing.length === 0) return;
      throw new Error(`${why}: role ${principal.roleArn} lacks ${missing.join(', ')} on ${resource}`);
    },
    usedGrants: () => [...used.values()],
    grantedGrants() {
      const grants = [...statements.values()]
        .flat()
        .filter(({ kind }) => kind !== 'trust')
        .flatMap((statement) => grantsOf(statement));
      return [...new Map(grants.map((grant) => [grantKey(grant), grant])).values()];
    },
  };
}

/** The statements of all policies, by what they are attached to. */
function parseAll(policies: readonly PolicyDefinition[]): Map<string, Statement[]> {
  const statements = new Map<string, Statement[]>();
  const problems: string[] = [];
  for (const { attachedTo, document, ...origin } of policies) {
    const key = keyOf(origin.kind, attachedTo);
    try {
      const { managedPolicyArn } = origin;
      const content = managedPolicyArn === undefined ? document : getManagedPolicy(managedPolicyArn, origin.place);
      statements.set(key, [...(statements.get(key) ?? []), ...parsePolicy(content, origin)]);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return statements;
}

function keyOf(kind: PolicyOrigin['kind'], arn: string): string {
  return `${kind} ${arn}`;
}
