/** The IAM room: who may do what, by the policies of roles and of resources, and which of their grants were used. */
import { type Denial, toAccessError, toDenial } from './denial';
import {
  type AccessRequest,
  type Decision,
  evaluate,
  grantsOf,
  type Principal,
  type RolePrincipal,
  type ServicePrincipal,
} from './evaluate';
import { type Grant, grantKey } from './grants';
import { getManagedPolicy } from './managed-policies';
import { parsePolicy, type Statement } from './policy';

export type { Denial } from './denial';
export type { AccessRequest, Principal, RolePrincipal, ServicePrincipal } from './evaluate';
export { type Grant, reportUnused, type UnusedGrantException } from './grants';

/** A role with all that is attached to it. */
export interface RoleDefinition {
  /** `<stack>/<logical id>` */
  readonly holder: string;
  readonly roleArn: string;
  readonly trustPolicy: unknown;
  /** Inline policies, and those of the templates that name the role. `place` is for people. */
  readonly policies: ReadonlyArray<{ readonly place: string; readonly document: unknown }>;
  /** Policies written by AWS. */
  readonly managedPolicyArns: readonly string[];
}

/** The policy of a function, a queue or an event bus; a resource may have several. */
export interface ResourcePolicyDefinition {
  /** `<stack>/<logical id>` */
  readonly holder: string;
  readonly resourceArn: string;
  readonly document: unknown;
}

export interface AccessOptions {
  readonly roles: readonly RoleDefinition[];
  readonly resourcePolicies: readonly ResourcePolicyDefinition[];
  /** Called before `check` throws. */
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
  assertGranted(principal: Principal, actions: readonly string[], resource: string, why: string): void;
  /** What allowed a request so far. */
  usedGrants(): Grant[];
  /** All that the policies grant, in the order of the templates. */
  grantedGrants(): Grant[];
}

/** Decisions that are kept. Names of executions are part of ARNs, so there is no end of different requests. */
const KEPT_DECISIONS = 10_000;

/** @throws {Error} with a line for each policy that the local cloud does not understand. */
export function openAccess(options: AccessOptions): Access {
  return new Policies(options);
}

class Policies implements Access {
  private readonly roles = new Map<string, { identity: Statement[]; trust: Statement[] }>();
  private readonly byResource = new Map<string, Statement[]>();
  private readonly used = new Map<string, Grant>();
  private readonly decisions = new Map<string, Decision>();

  constructor(private readonly options: AccessOptions) {
    const problems: string[] = [];
    const attempt: Attempt = (parse) => {
      try {
        return parse();
      } catch (error) {
        problems.push((error as Error).message);
        return [];
      }
    };
    for (const role of options.roles) this.roles.set(role.roleArn, parseRole(role, attempt));
    for (const { holder, resourceArn, document } of options.resourcePolicies) {
      const statements = attempt(() => parsePolicy(document, { kind: 'resource', holder, place: holder }));
      this.byResource.set(resourceArn, [...(this.byResource.get(resourceArn) ?? []), ...statements]);
    }
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  check(request: AccessRequest): void {
    if (request.principal.kind === 'account') return;
    const decision = this.decide(request);
    if (decision.decision !== 'allowed') this.deny(request, decision);
  }

  assume(service: Omit<ServicePrincipal, 'kind'>, roleArn: string, sessionName: string): RolePrincipal {
    const request: AccessRequest = {
      principal: { kind: 'service', ...service },
      action: 'sts:AssumeRole',
      resource: roleArn,
    };
    const { decision } = evaluate(this.roles.get(roleArn)?.trust ?? [], request);
    if (decision.decision !== 'allowed') this.deny(request, decision);
    return { kind: 'role', roleArn, sessionName };
  }

  assertGranted(principal: Principal, actions: readonly string[], resource: string, why: string): void {
    const missing = actions.filter((action) => this.decide({ principal, action, resource }).decision !== 'allowed');
    if (principal.kind === 'account' || missing.length === 0) return;
    const who = principal.kind === 'role' ? `role ${principal.roleArn}` : `principal ${principal.kind}`;
    throw new Error(`${why}: ${who} lacks ${missing.join(', ')} on ${resource}`);
  }

  usedGrants(): Grant[] {
    return [...this.used.values()];
  }

  grantedGrants(): Grant[] {
    const identity = [...this.roles.values()].flatMap((role) => role.identity);
    const grants = [...identity, ...[...this.byResource.values()].flat()].flatMap(grantsOf);
    return [...new Map(grants.map((grant) => [grantKey(grant), grant])).values()];
  }

  private decide(request: AccessRequest): Decision {
    const { principal, action, resource } = request;
    const key = `${keyOf(principal)} ${action} ${resource}`;
    const known = this.decisions.get(key);
    if (known !== undefined) return known;

    const identity = principal.kind === 'role' ? (this.roles.get(principal.roleArn)?.identity ?? []) : [];
    const statements = [...identity, ...(this.byResource.get(resource) ?? [])];
    const { decision, grants, dependsOnContext } = evaluate(statements, request);
    for (const grant of grants) this.used.set(grantKey(grant), grant);
    if (!dependsOnContext) {
      if (this.decisions.size >= KEPT_DECISIONS) this.decisions.clear();
      this.decisions.set(key, decision);
    }
    return decision;
  }

  private deny(request: AccessRequest, decision: Exclude<Decision, { decision: 'allowed' }>): never {
    const denial = toDenial(request, decision);
    this.options.onDenied?.(denial);
    throw toAccessError(denial);
  }
}

/** Sessions of a role are the same to every policy, and what a service acts for is to be seen by conditions only. */
function keyOf(principal: Principal): string {
  if (principal.kind === 'role') return principal.roleArn;
  return principal.kind === 'service' ? principal.service : principal.kind;
}

/** Gives no statements for a policy that cannot be read; that it is wrong is remembered. */
type Attempt = (parse: () => Statement[]) => Statement[];

function parseRole(
  { holder, trustPolicy, policies, managedPolicyArns }: RoleDefinition,
  attempt: Attempt,
): { identity: Statement[]; trust: Statement[] } {
  const kind = 'identity';
  const own = policies.map(({ place, document }) => attempt(() => parsePolicy(document, { kind, holder, place })));
  const managed = managedPolicyArns.map((managedPolicyArn) => {
    const place = `${holder}, managed policy ${managedPolicyArn}`;
    return attempt(() =>
      parsePolicy(getManagedPolicy(managedPolicyArn, holder), { kind, holder, place, managedPolicyArn }),
    );
  });
  const trust = attempt(() => parsePolicy(trustPolicy, { kind: 'trust', holder, place: `${holder}, trust policy` }));
  return { identity: [...own, ...managed].flat(), trust };
}
