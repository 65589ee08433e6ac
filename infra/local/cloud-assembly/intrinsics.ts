import { isObject } from './template';

/** What the intrinsic functions of one stack's template refer to. */
export interface Scope {
  /** The value of a parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
  /** Whether the named condition of the template holds. */
  condition(name: string): boolean;
  findInMap(map: string, topLevelKey: string, secondLevelKey: string): unknown;
}

/** What `{ "Ref": "AWS::NoValue" }` gives: the member that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

/**
 * Computes the value of a part of a template: its intrinsic functions are replaced by what they give.
 *
 * @throws {Error} saying what is wrong when a function is unknown, is used in a wrong way, or refers to nothing; an
 * `AggregateError` when several members or elements are wrong.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return resolveEach(value, scope).filter((element) => element !== noValue);
  }
  if (!isObject(value)) return value;

  const [name = '', ...others] = Object.keys(value);
  const isIntrinsic = name === 'Ref' || name.startsWith('Fn::');
  if (isIntrinsic && others.length === 0) return evaluate(name, value[name], scope);
  const misplaced = Object.keys(value).find((key) => key.startsWith('Fn::'));
  if (misplaced !== undefined) throw new Error(`${misplaced} stands beside other members: ${Object.keys(value)}`);

  const members = resolveEach(Object.values(value), scope);
  const entries = Object.keys(value).map((key, index) => [key, members[index]] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== noValue));
}

/** Computes every part before it throws, so that all that is wrong is found at once. */
function resolveEach(parts: readonly unknown[], scope: Scope): unknown[] {
  const errors: unknown[] = [];
  const values = parts.map((part) => {
    try {
      return resolveValue(part, scope);
    } catch (error) {
      return errors.push(error);
    }
  });
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
  return values;
}

function evaluate(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) {
    throw new Error(`${name} is not understood; the local cloud knows ${Object.keys(INTRINSICS).join(', ')}`);
  }
  const operands = Array.isArray(argument) ? argument : [argument];
  if (THREE_OPERANDS.includes(name) && operands.length !== 3) throw wrongArgument(name, argument);
  return intrinsic(operands, scope);
}

// A fourth operand of Fn::FindInMap, a default value, belongs to the language extensions, which are not understood.
const THREE_OPERANDS = ['Fn::If', 'Fn::FindInMap'];

const INTRINSICS: Readonly<Record<string, (operands: unknown[], scope: Scope) => unknown>> = {
  Ref: ([name], scope) => scope.ref(literal(name, 'Ref')),
  'Fn::GetAtt': (operands, scope) => {
    // Only the first dot separates: attribute names such as Endpoint.Address have dots of their own.
    const parts = operands.length > 1 ? operands : literal(operands[0], 'Fn::GetAtt').split(/\.(.*)/);
    const [logicalId, attribute] = parts;
    if (attribute === undefined) throw wrongArgument('Fn::GetAtt', logicalId);
    return scope.getAtt(literal(logicalId, 'Fn::GetAtt'), text(resolveValue(attribute, scope), 'Fn::GetAtt'));
  },
  'Fn::Join': (operands, scope) => {
    const [delimiter, list] = resolveEach(operands, scope);
    return listOf(list, 'Fn::Join').join(text(delimiter, 'Fn::Join'));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (operands, scope) => {
    const [position, list] = resolveEach(operands, scope);
    if (!Array.isArray(list)) throw wrongArgument('Fn::Select', list);
    const element = list[Number(position)];
    if (element !== undefined) return element;
    throw new Error(`Fn::Select needs an index from 0 to ${list.length - 1}, got ${position}`);
  },
  'Fn::Split': (operands, scope) => {
    const [delimiter, source] = resolveEach(operands, scope);
    return text(source, 'Fn::Split').split(text(delimiter, 'Fn::Split'));
  },
  'Fn::If': ([condition, whenTrue, whenFalse], scope) =>
    // The branch that is not taken is never looked at: it may refer to a resource that does not exist.
    resolveValue(scope.condition(literal(condition, 'Fn::If')) ? whenTrue : whenFalse, scope),
  'Fn::ImportValue': ([name], scope) => scope.importValue(text(resolveValue(name, scope), 'Fn::ImportValue')),
  'Fn::FindInMap': (operands, scope) => {
    const [map = '', topLevelKey = '', secondLevelKey = ''] = listOf(resolveEach(operands, scope), 'Fn::FindInMap');
    return scope.findInMap(map, topLevelKey, secondLevelKey);
  },
  'Fn::Base64': ([source], scope) =>
    Buffer.from(text(resolveValue(source, scope), 'Fn::Base64'), 'utf8').toString('base64'),
};

function substitute([template, variables = {}]: unknown[], scope: Scope): string {
  if (typeof template !== 'string' || !isObject(variables)) throw wrongArgument('Fn::Sub', [template, variables]);
  return template.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const reference = name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
    return text(resolveValue(Object.hasOwn(variables, name) ? variables[name] : reference, scope), 'Fn::Sub');
  });
}

function listOf(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw wrongArgument(name, value);
  return value.map((element) => text(element, name));
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${name} needs text, got ${show(value)}`);
}

function literal(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} needs a literal name, got ${show(value)}`);
}

function wrongArgument(name: string, argument: unknown): Error {
  return new Error(`${name} has an argument it cannot take: ${show(argument)}`);
}

function show(value: unknown): string {
  return (value === noValue ? 'AWS::NoValue' : (JSON.stringify(value) ?? String(value))).slice(0, 200);
}
