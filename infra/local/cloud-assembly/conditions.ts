import { resolveValue, type Scope } from './intrinsics';
import { isObject } from './template';

const FUNCTIONS = ['Fn::Equals', 'Fn::Not', 'Fn::And', 'Fn::Or'];

/**
 * Evaluates a condition of a template's `Conditions` section.
 *
 * @throws {Error} when it is no condition function.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
export function evaluateCondition(condition: unknown, scope: Scope): boolean {
  const [[name, argument] = ['', undefined], ...others] = isObject(condition) ? Object.entries(condition) : [];
  if (name === 'Condition' && typeof argument === 'string' && others.length === 0) return scope.condition(argument);

  if (!Array.isArray(argument) || !FUNCTIONS.includes(name) || others.length > 0) {
    const text = JSON.stringify(condition);
    throw new Error(`${text} is not a condition: it takes ${FUNCTIONS.join(', ')}, or Condition with a name`);
  }
  if (name === 'Fn::Equals') {
    const [left, right] = argument.map((operand) => JSON.stringify(asText(resolveValue(operand, scope))));
    return left === right;
  }
  // Every operand is evaluated, so that a wrong one is found although another decides.
  const values = argument.map((operand) => evaluateCondition(operand, scope));
  if (name === 'Fn::Not') return !values[0];
  return name === 'Fn::And' ? values.every(Boolean) : values.some(Boolean);
}

// CloudFormation's parameters are text, so the number 1 and the text '1' are the same to Fn::Equals.
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
