import jsonata from 'jsonata';
import { type FunctionSources, stepFunctionsFunctions } from './jsonata-functions';
import { StateError, stateErrors } from './state-error';

/** What an expression sees, and where it stands for the error message. */
export interface Scope {
  stateName: string;
  /** The id of the event with which the state was entered. */
  enteredEventId: number;
  variables: Readonly<Record<string, unknown>>;
  states: { input: unknown; context: unknown; result?: unknown; errorOutput?: unknown };
}

/**
 * Evaluates a field: every string `{% … %}` in it, at any depth, is replaced by the value of the expression.
 *
 * `location` is the field's path, such as `Assign/total`. The values are plain JSON.
 *
 * @throws {StateError} `States.QueryEvaluationError` when an expression throws or comes to nothing
 */
export type Evaluate = (template: unknown, location: string, scope: Scope) => Promise<unknown>;

/**
 * Makes the evaluator of an interpreter. Compiled expressions are kept: only definitions hold any, so they are few.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function createEvaluate(sources: FunctionSources): Evaluate {
  const functions = stepFunctionsFunctions(sources);
  const compiled = new Map<string, jsonata.Expression>();

  async function evaluateExpression(text: string, location: string, scope: Scope): Promise<unknown> {
    let expression = compiled.get(text);
    if (expression === undefined) {
      expression = jsonata(text);
      compiled.set(text, expression);
    }
    const failed = (what: string) =>
      queryError(scope, location, `The JSONata expression '${text}' specified for the field '${location}' ${what}`);
    let value: unknown;
    let json: string | undefined;
    try {
      const bindings = { ...functions, ...scope.variables, states: scope.states };
      value = await expression.evaluate(undefined, bindings);
      json = JSON.stringify(value, withoutFunctions);
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message: string };
      throw failed(`threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message}`);
    }
    if (json === undefined) {
      throw failed(value === undefined ? 'returned nothing (undefined).' : 'returned an unsupported result type.');
    }
    return JSON.parse(json);
  }

  return async function evaluate(template, location, scope): Promise<unknown> {
    if (typeof template === 'string') {
      const text = expressionIn(template);
      return text === undefined ? template : evaluateExpression(text, location, scope);
    }
    if (Array.isArray(template)) {
      const values: unknown[] = [];
      for (const [at, item] of template.entries()) values.push(await evaluate(item, `${location}[${at}]`, scope));
      return values;
    }
    if (typeof template !== 'object' || template === null) return template;
    const values: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(template)) values[key] = await evaluate(item, `${location}/${key}`, scope);
    return values;
  };
}

/**
 * Lets only JSON leave an expression: JSONata's functions are objects that hold all that they see. The text form also
 * drops the hidden properties that its arrays carry.
 */
function withoutFunctions(_key: string, value: unknown): unknown {
  const isFunction =
    typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value);
  return isFunction ? undefined : value;
}

/** The error of a field that cannot be evaluated, worded as Step Functions words it. */
export function queryError(scope: Scope, location: string, what: string): StateError {
  const where = `An error occurred while executing the state '${scope.stateName}' (entered at the event id #${scope.enteredEventId}).`;
  return new StateError(stateErrors.queryEvaluationError, `${where} ${what}`, location);
}

/** The error of a field whose value is of another type than the States Language wants there. */
export function typeError(
  scope: Scope,
  location: string,
  template: unknown,
  expected: string,
  value: unknown,
): StateError {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const field = `The JSONata expression '${expressionIn(String(template)) ?? template}' specified for the field '${location}'`;
  const what = `Expected '${expected}', but was '${type}' for value: ${JSON.stringify(value)}`;
  return queryError(scope, location, `${field} returned an unexpected result type. ${what}`);
}

/**
 * Compiles every expression in a state's fields.
 *
 * @throws {Error} naming the field when one has a syntax error or uses `$eval`, which Step Functions does not offer
 */
export function checkExpressions(template: unknown, location = ''): void {
  if (typeof template === 'string') {
    const text = expressionIn(template);
    if (text !== undefined) checkExpression(text, location);
  } else if (typeof template === 'object' && template !== null) {
    for (const [key, item] of Object.entries(template))
      checkExpressions(item, location === '' ? key : `${location}/${key}`);
  }
}

function checkExpression(text: string, location: string): void {
  let tree: unknown;
  try {
    tree = jsonata(text).ast();
  } catch (error) {
    throw new Error(`${location}: the JSONata expression '${text}' is wrong: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (usesVariable(tree, 'eval', new Set())) {
    throw new Error(`${location}: the JSONata function $eval is not available in Step Functions; use $parse`);
  }
}

function usesVariable(node: unknown, name: string, seen: Set<unknown>): boolean {
  if (typeof node !== 'object' || node === null || seen.has(node)) return false;
  seen.add(node);
  const { type, value } = node as { type?: unknown; value?: unknown };
  if (type === 'variable' && value === name) return true;
  return Object.values(node).some((child) => usesVariable(child, name, seen));
}

function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : undefined;
}
