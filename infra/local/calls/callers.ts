import type { Caller } from '../endpoint/endpoint';
import type { Access, Principal } from '../iam/access';

/** The roles of functions, by the functions' names, and who they are to the endpoint. */
export interface CallersOptions {
  readonly access: Access;
  readonly accountId: string;
  /** The role of a function. */
  roleOf(functionName: string): string | undefined;
  /** The function that signs with this access key id. */
  functionNameOf(accessKeyId: string): string | undefined;
}

/** Who stands behind what is called, on the wire and inside. */
export interface Callers {
  /** A function by its own access key; whoever has another key holds the account's. */
  principalOf(caller: Caller): Principal;
  /** A session of a function's role. */
  functionPrincipal(functionName: string): Principal;
  /** Who a caller is to STS. */
  arnOf(caller: Caller): string;
  /** Whether a service may do something by the policy of the resource, for something of its own such as a route. */
  isServiceAllowed(service: string, sourceArn: string, action: string, resource: string): boolean;
}

export function openCallers({ access, accountId, roleOf, functionNameOf }: CallersOptions): Callers {
  const account: Principal = { kind: 'account' };
  const functionPrincipal = (functionName: string): Principal => {
    const roleArn = roleOf(functionName);
    return roleArn === undefined ? { kind: 'anonymous' } : { kind: 'role', roleArn, sessionName: functionName };
  };
  const principalOf = ({ accessKeyId }: Caller): Principal => {
    const functionName = accessKeyId === undefined ? undefined : functionNameOf(accessKeyId);
    return functionName === undefined ? account : functionPrincipal(functionName);
  };
  return {
    principalOf,
    functionPrincipal,
    arnOf(caller) {
      const principal = principalOf(caller);
      if (principal.kind !== 'role') return `arn:aws:iam::${accountId}:root`;
      const roleName = principal.roleArn.split('/').at(-1);
      return `arn:aws:sts::${accountId}:assumed-role/${roleName}/${principal.sessionName}`;
    },
    isServiceAllowed(service, sourceArn, action, resource) {
      try {
        access.check({
          principal: { kind: 'service', service, sourceArn, sourceAccount: accountId },
          action,
          resource,
        });
        return true;
      } catch {
        return false;
      }
    },
  };
}
