import { resolveValue, type Scope } from './intrinsics';
import { isObject } from './template';

/**
 * Evaluates a condition of a template's `Conditions` section.
 *
 * @throws {Error} when it is no condition function, or has a number of operands the function does not take.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
export function evaluateCondition(condition: unknown, scope: Scope): boolean {
  const [name, ...others] = isObject(condition) ? Object.keys(condition) : [];
  if (name === undefined || others.length > 0) throw notACondition(condition);
  const argument = (condition as Record<string, unknown>)[name];

  if (name === 'Condition' && typeof argument === 'string') return scope.condition(argument);
  if (!Array.isArray(argument)) throw notACondition(condition);
  switch (name) {
    case 'Fn::Equals': {
      if (argument.length !== 2) throw notACondition(condition);
      const [left, right] = argument.map((operand) => JSON.stringify(asText(resolveValue(operand, scope))));
      return left === right;
    }
    case 'Fn::Not':
      if (argument.length !== 1) throw notACondition(condition);
      return !evaluateCondition(argument[0], scope);
    case 'Fn::And':
    case 'Fn::Or': {
      if (argument.length < 2 || argument.length > 10) throw notACondition(condition);
      const values = argument.map((operand) => evaluateCondition(operand, scope));
      return name === 'Fn::And' ? values.every(Boolean) : values.some(Boolean);
    }
    default:
      throw notACondition(condition);
  }
}

// CloudFormation's parameters are text, so the number 1 and the text '1' are the same to Fn::Equals.
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function notACondition(condition: unknown): Error {
  return new Error(
    `${JSON.stringify(condition)} is not a condition: it takes Fn::Equals with 2 operands, Fn::Not with 1, ` +
      'Fn::And and Fn::Or with 2 to 10, or Condition with a name',
  );
}
