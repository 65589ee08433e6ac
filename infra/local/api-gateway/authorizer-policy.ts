interface Statement {
  effect: 'Allow' | 'Deny';
  actions: RegExp[];
  resources: RegExp[];
}

/** A policy document whose form was checked. */
export type Policy = Statement[];

/**
 * Reads the policy that an authorizer returned.
 *
 * @throws {Error} when it is not a policy, or uses `Condition`, `NotAction` and the like, which are not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function parsePolicy(policyDocument: unknown): Policy {
  const { Statement: statements } = Object(policyDocument) as { Statement?: unknown };
  return [statements].flat().map((statement) => {
    const { Sid: _, Effect: effect, Action, Resource, ...others } = Object(statement) as Record<string, unknown>;
    const isEffect = effect === 'Allow' || effect === 'Deny';
    const areTexts = [Action, Resource].flat().every((text) => typeof text === 'string');
    if (!isEffect || !areTexts || Object.keys(others).length > 0) {
      const allowed = 'Effect Allow or Deny, Action and Resource, and no other member than Sid';
      throw new Error(`a policy statement must have ${allowed}, got ${JSON.stringify(statement)}`);
    }
    return {
      effect,
      actions: [Action].flat().map((action) => toPattern(String(action), 'i')),
      resources: [Resource].flat().map((resource) => toPattern(String(resource))),
    };
  });
}

/** Evaluates a policy for the method it is asked about. A deny wins over an allow, and silence denies. */
export function evaluatePolicy(policy: Policy, methodArn: string): 'allow' | 'explicit-deny' | 'implicit-deny' {
  const speaking = policy.filter(
    ({ actions, resources }) =>
      actions.some((action) => action.test('execute-api:Invoke')) &&
      resources.some((resource) => resource.test(methodArn)),
  );
  if (speaking.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return speaking.length > 0 ? 'allow' : 'implicit-deny';
}

/** `*` stands for any text and `?` for any one character, slashes and colons included. */
function toPattern(text: string, flags = ''): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
