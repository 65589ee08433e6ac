import { AwsError } from '../aws-error';
import type { AccessRequest, Decision, Principal } from './evaluate';

/** What was not allowed, for the log. */
export interface Denial {
  /** The ARN of the session of a role, `events.amazonaws.com`, or `anonymous`. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  /** As the caller is told. */
  readonly message: string;
  /** A statement in JSON that would allow it; absent when a statement denies it, as no further one helps. */
  readonly missing?: string;
  /** Where the statement stands that denies it. */
  readonly deniedBy?: string;
}

/** How services call the error, by the prefix of their actions; the others answer AccessDeniedException with status 400. */
const ERRORS: Readonly<Record<string, { code: string; status: number }>> = {
  lambda: { code: 'AccessDeniedException', status: 403 },
  sqs: { code: 'AccessDenied', status: 403 },
  cloudformation: { code: 'AccessDenied', status: 403 },
  sts: { code: 'AccessDenied', status: 403 },
};

/**
 * Puts a denial into AWS's words.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function toDenial(request: AccessRequest, decision: Exclude<Decision, { decision: 'allowed' }>): Denial {
  const { principal, action, resource } = request;
  const who = nameOf(principal);
  // SQS writes the names of its actions in lower case.
  const shown = action.startsWith('sqs:') ? action.toLowerCase() : action;
  const what = `User: ${who} is not authorized to perform: ${shown}${resource === '*' ? '' : ` on resource: ${resource}`}`;
  if (decision.decision === 'explicit-deny') {
    const { kind, place } = decision.by;
    const type = kind === 'identity' ? 'an identity-based' : 'a resource-based';
    return { who, action, resource, message: `${what} with an explicit deny in ${type} policy`, deniedBy: place };
  }
  const type = principal.kind === 'role' ? 'identity-based' : 'resource-based';
  const message = `${what} because no ${type} policy allows the ${shown} action`;
  return { who, action, resource, message, missing: JSON.stringify(missingStatement(request)) };
}

/** The error as the service of the action answers it. */
export function toAccessError({ action, message }: Denial): AwsError {
  const { code, status } = ERRORS[action.split(':')[0] ?? ''] ?? { code: 'AccessDeniedException', status: 400 };
  return new AwsError(code, message, status);
}

function nameOf(principal: Principal): string {
  if (principal.kind === 'service') return `${principal.service}.amazonaws.com`;
  if (principal.kind !== 'role') return principal.kind;
  const [, partition, , , accountId, path = ''] = principal.roleArn.split(':');
  return `arn:${partition}:sts::${accountId}:assumed-role/${path.split('/').at(-1)}/${principal.sessionName}`;
}

function missingStatement({ principal, action, resource }: AccessRequest): Record<string, unknown> {
  const statement = { Effect: 'Allow', Action: action, Resource: resource };
  if (principal.kind === 'role') return statement;
  if (principal.kind !== 'service') return { ...statement, Principal: '*' };
  return {
    ...statement,
    Principal: { Service: `${principal.service}.amazonaws.com` },
    Condition: { ArnLike: { 'aws:SourceArn': principal.sourceArn } },
  };
}
