import { randomUUID } from 'node:crypto';
import jsonata from 'jsonata';
import type { Clock } from '../clock';
import { StateError } from './state-error';

/** What an expression sees. */
export interface Scope {
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
export function createEvaluate(clock: Clock): Evaluate {
  const functions = functionsOf(clock);
  const compiled = new Map<string, jsonata.Expression>();

  async function evaluateExpression(text: string, location: string, { variables, states }: Scope): Promise<unknown> {
    const expression = compiled.get(text) ?? jsonata(text);
    compiled.set(text, expression);
    const failed = (what: string) => fieldError(text, location, what);
    const bindings = { ...functions, ...variables, states };
    const value: unknown = await expression.evaluate(undefined, bindings).catch(({ code, message }) => {
      throw failed(`threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message}`);
    });
    const json = JSON.stringify(value, withoutFunctions) as string | undefined;
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
    if (typeof template !== 'object' || template === null) return template;
    const isArray = Array.isArray(template);
    const values: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(template)) {
      values[key] = await evaluate(item, isArray ? `${location}[${key}]` : `${location}/${key}`, scope);
    }
    return isArray ? Object.values(values) : values;
  };
}

/**
 * Functions that Step Functions adds to JSONata, by their names without `$`, and those of JSONata's own that read the
 * clock, bound to ours.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
function functionsOf(clock: Clock): Record<string, unknown> {
  const formatMillis = jsonata('$fromMillis($ms, $picture, $timezone)');
  return {
    uuid: () => randomUUID(),
    parse: (text: string) => JSON.parse(text) as unknown,
    millis: () => clock.now(),
    now: (picture?: string, timezone?: string) =>
      formatMillis.evaluate(undefined, { ms: clock.now(), picture, timezone }),
  };
}

/** The first is no function of Step Functions, the others are not made here. */
const MISSING_FUNCTION = /\$(eval|partition|range|hash)\b/;
const TEXT_LITERALS = /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g;

/**
 * Lets only JSON leave an expression: JSONata's functions are objects that hold all that they see. The text form also
 * drops the hidden properties that its arrays carry.
 */
function withoutFunctions(_key: string, value: unknown): unknown {
  const { _jsonata_lambda: isLambda, _jsonata_function: isNative } = Object(value);
  return isLambda || isNative ? undefined : value;
}

/** The error of a field that cannot be evaluated or whose value is of no use, worded as Step Functions words it. */
export function fieldError(template: string, location: string, what: string): StateError {
  const expression = expressionIn(template) ?? template;
  const cause = `The JSONata expression '${expression}' specified for the field '${location}' ${what}`;
  return new StateError('States.QueryEvaluationError', cause, location);
}

/**
 * Compiles every expression in a state's fields.
 *
 * @throws {Error} naming the field when one has a syntax error or uses a function that is not available
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
  try {
    jsonata(text);
    const [missing] = MISSING_FUNCTION.exec(text.replaceAll(TEXT_LITERALS, '')) ?? [];
    if (missing !== undefined) throw new Error(`${missing} is not available`);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${location}: the JSONata expression '${text}' is wrong: ${message}`, { cause: error });
  }
}

function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : undefined;
}
