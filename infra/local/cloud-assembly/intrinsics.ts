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

  const [name, ...others] = Object.keys(value);
  if (name !== undefined && (name.startsWith('Fn::') || name === 'Ref') && others.length === 0) {
    const intrinsic = INTRINSICS[name];
    if (intrinsic === undefined) throw new Error(`${name} is not understood; the local cloud knows ${KNOWN()}`);
    return intrinsic(value[name], scope);
  }
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

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(literal(argument, 'Ref')),
  'Fn::GetAtt': getAtt,
  'Fn::Join': (argument, scope) => {
    const [delimiter, list] = list2(argument, scope, 'Fn::Join');
    return listOf(list, 'Fn::Join').join(text(delimiter, 'Fn::Join'));
  },
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = list2(argument, scope, 'Fn::Split');
    return text(source, 'Fn::Split').split(text(delimiter, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    if (!Array.isArray(argument) || argument.length !== 3) throw wrongArgument('Fn::If', argument);
    // The branch that is not taken is never looked at: it may refer to a resource that does not exist.
    return resolveValue(scope.condition(literal(argument[0], 'Fn::If')) ? argument[1] : argument[2], scope);
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolveValue(argument, scope), 'Fn::ImportValue')),
  'Fn::FindInMap': (argument, scope) => {
    // A fourth element, a default value, belongs to the language extensions, which are not understood.
    if (!Array.isArray(argument) || argument.length !== 3) throw wrongArgument('Fn::FindInMap', argument);
    const [map, topLevelKey, secondLevelKey] = listOf(resolveValue(argument, scope), 'Fn::FindInMap');
    return scope.findInMap(map!, topLevelKey!, secondLevelKey!);
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolveValue(argument, scope), 'Fn::Base64'), 'utf8').toString('base64'),
};

const KNOWN = () => Object.keys(INTRINSICS).join(', ');

function getAtt(argument: unknown, scope: Scope): unknown {
  if (typeof argument === 'string') {
    // Only the first dot separates: attribute names such as Endpoint.Address have dots of their own.
    const dot = argument.indexOf('.');
    if (dot > 0) return scope.getAtt(argument.slice(0, dot), argument.slice(dot + 1));
  }
  if (!Array.isArray(argument) || argument.length !== 2) throw wrongArgument('Fn::GetAtt', argument);
  const attribute = text(resolveValue(argument[1], scope), 'Fn::GetAtt');
  return scope.getAtt(literal(argument[0], 'Fn::GetAtt'), attribute);
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof template !== 'string' || !isObject(variables)) throw wrongArgument('Fn::Sub', argument);

  return template.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return text(resolveValue(variables[name], scope), 'Fn::Sub');
    return text(name.includes('.') ? getAtt(name, scope) : scope.ref(name), 'Fn::Sub');
  });
}

function select(argument: unknown, scope: Scope): unknown {
  const [position, list] = list2(argument, scope, 'Fn::Select');
  if (!Array.isArray(list)) throw wrongArgument('Fn::Select', list);
  const index = Number(text(position, 'Fn::Select'));
  const isInRange = Number.isInteger(index) && index >= 0 && index < list.length;
  if (!isInRange) throw new Error(`Fn::Select needs an index from 0 to ${list.length - 1}, got ${position}`);
  return list[index];
}

function list2(argument: unknown, scope: Scope, name: string): [unknown, unknown] {
  const resolved = resolveValue(argument, scope);
  if (!Array.isArray(resolved) || resolved.length !== 2) throw wrongArgument(name, argument);
  return [resolved[0], resolved[1]];
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
