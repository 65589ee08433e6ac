import { AwsError } from '../aws-error';
import type { AccessRequest, Evaluation, Principal } from './evaluate';

/** What was not allowed, for the log. */
export interface Denial {
  /** As the caller is told. */
  readonly message: string;
  /** A statement in JSON that would allow it; absent when a statement denies it, as no further one helps. */
  readonly missing?: string;
}

/**
 * Puts a denial into AWS's words.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function toDenial(request: AccessRequest, { by }: Evaluation): Denial {
  const { principal, action, resource } = request;
  // SQS writes the names of its actions in lower case.
  const shown = action.startsWith('sqs:') ? action.toLowerCase() : action;
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  const what = `User: ${nameOf(principal)} is not authorized to perform: ${shown}${on}`;
  if (by !== undefined) {
    const type = by.kind === 'identity' ? 'an identity-based' : 'a resource-based';
    return { message: `${what} with an explicit deny in ${type} policy` };
  }
  const type = principal.kind === 'role' ? 'identity-based' : 'resource-based';
  const message = `${what} because no ${type} policy allows the ${shown} action`;
  return { message, missing: JSON.stringify(missingStatement(request)) };
}

/** How services call the error, by the prefix of their actions; the others answer AccessDeniedException with status 400. */
const ERRORS: Readonly<Record<string, readonly [code: string, status: number]>> = {
  lambda: ['AccessDeniedException', 403],
  sqs: ['AccessDenied', 403],
  cloudformation: ['AccessDenied', 403],
  sts: ['AccessDenied', 403],
};

/** The error as the service of the action answers it. */
export function toAccessError(action: string, message: string): AwsError {
  const [code, status] = ERRORS[action.split(':')[0] ?? ''] ?? ['AccessDeniedException', 400];
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
    Principal: { Service: nameOf(principal) },
    Condition: { ArnLike: { 'aws:SourceArn': principal.sourceArn } },
  };
}
