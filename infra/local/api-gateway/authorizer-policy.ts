/** What a policy says about one method: `implicit-deny` when no statement speaks of it. */
export type PolicyDecision = 'allow' | 'explicit-deny' | 'implicit-deny';

const ACTION = 'execute-api:Invoke';
const STATEMENT_MEMBERS = ['Sid', 'Effect', 'Action', 'Resource'];

/** A policy document whose form was checked. */
export type Policy = Statement[];

/**
 * Reads the policy that an authorizer returned.
 *
 * @throws {Error} when it is not a policy, or uses `Condition`, `NotAction` and the like, which are not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function parsePolicy(policyDocument: unknown): Policy {
  const document = policyDocument as { Statement?: unknown } | null | undefined;
  if (typeof document !== 'object' || document === null || document.Statement === undefined) {
    throw new Error(`policyDocument must be a policy with a Statement, got ${JSON.stringify(policyDocument)}`);
  }
  return [document.Statement].flat().map(toStatement);
}

/** Evaluates a policy for the method it is asked about. A deny wins over an allow, and silence denies. */
export function evaluatePolicy(policy: Policy, methodArn: string): PolicyDecision {
  const speaking = policy.filter(
    ({ actions, resources }) =>
      actions.some((action) => matches(action.toLowerCase(), ACTION.toLowerCase())) &&
      resources.some((resource) => matches(resource, methodArn)),
  );
  if (speaking.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return speaking.length > 0 ? 'allow' : 'implicit-deny';
}

interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
}

function toStatement(value: unknown): Statement {
  if (typeof value !== 'object' || value === null) {
    throw new Error(`a policy statement must be an object, got ${JSON.stringify(value)}`);
  }
  const statement = value as Record<string, unknown>;
  const foreign = Object.keys(statement).find((member) => !STATEMENT_MEMBERS.includes(member));
  if (foreign !== undefined) {
    throw new Error(`policy statement member ${foreign} is not supported; ${STATEMENT_MEMBERS.join(', ')} are`);
  }
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`Effect must be Allow or Deny, got ${effect}`);
  return { effect, actions: toTexts(statement.Action, 'Action'), resources: toTexts(statement.Resource, 'Resource') };
}

function toTexts(value: unknown, member: string): string[] {
  const texts = [value].flat();
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts as string[];
  throw new Error(`${member} must be a string or a list of strings, got ${JSON.stringify(value)}`);
}

/** `*` stands for any text and `?` for any one character, slashes and colons included. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
