import type { Retrier } from './definition';
import { checkExpressions } from './jsonata';
import { stateErrors } from './state-error';

type Json = Record<string, unknown>;

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const EXIT = ['Assign', 'Output'];
const TRANSITION = ['Next', 'End'];

/** The fields each supported state type has under JSONata. */
const FIELDS_OF_TYPE: Record<string, readonly string[]> = {
  Task: [...COMMON, ...EXIT, ...TRANSITION, 'Resource', 'Arguments', 'TimeoutSeconds', 'Retry', 'Catch'],
  Pass: [...COMMON, ...EXIT, ...TRANSITION],
  Wait: [...COMMON, ...EXIT, ...TRANSITION, 'Seconds', 'Timestamp'],
  Choice: [...COMMON, ...EXIT, 'Choices', 'Default'],
  Succeed: [...COMMON, 'Output'],
  Fail: [...COMMON, 'Error', 'Cause'],
};

/** The same for the entries of a state's lists. */
const FIELDS_OF_ENTRY: Record<string, readonly string[]> = {
  Retry: [
    'Comment',
    'ErrorEquals',
    'IntervalSeconds',
    'BackoffRate',
    'MaxAttempts',
    'MaxDelaySeconds',
    'JitterStrategy',
  ],
  Catch: ['Comment', ...EXIT, 'ErrorEquals', 'Next'],
  Choices: ['Comment', ...EXIT, 'Condition', 'Next'],
};
const TOP_FIELDS = ['Comment', 'StartAt', 'States', 'QueryLanguage', 'Version', 'TimeoutSeconds'];
const LAMBDA_INVOKE = /^arn:[a-z-]+:states:::lambda:invoke$/;

/**
 * Refuses by name what a definition uses and this interpreter lacks; what is left of its validity is for the validator.
 *
 * @throws {Error} with the place and what is supported instead
 */
export function checkSupport(definition: unknown): asserts definition is Json {
  if (!isObject(definition)) throw new Error('the definition must be a JSON object');
  refuseOthers(definition, TOP_FIELDS, 'top-level');
  if (!isObject(definition.States)) throw new Error('States must be an object');
  for (const [name, state] of Object.entries(definition.States)) {
    try {
      checkState(state, definition.QueryLanguage);
    } catch (error) {
      throw new Error(`state "${name}": ${(error as Error).message}`, { cause: error });
    }
  }
}

function checkState(state: unknown, defaultQueryLanguage: unknown): void {
  if (!isObject(state)) throw new Error('must be an object');
  const fields = FIELDS_OF_TYPE[String(state.Type)];
  if (fields === undefined) {
    throw new Error(`type ${state.Type} is not supported; supported are ${Object.keys(FIELDS_OF_TYPE).join(', ')}`);
  }
  const queryLanguage = state.QueryLanguage ?? defaultQueryLanguage ?? 'JSONPath';
  if (queryLanguage !== 'JSONata') {
    throw new Error(`query language ${queryLanguage} is not supported; set QueryLanguage to "JSONata"`);
  }
  refuseOthers(state, fields, `${state.Type} state`);
  if (state.Type === 'Task') checkTask(state);
  checkAssign(state);
  for (const [list, known] of Object.entries(FIELDS_OF_ENTRY)) {
    for (const [index, entry] of listOf(state[list]).entries()) {
      refuseOthers(entry, known, `${list}[${index}]`);
      checkAssign(entry);
    }
  }
  checkExpressions(state);
}

function checkTask(state: Json): void {
  if (!LAMBDA_INVOKE.test(String(state.Resource))) {
    throw new Error(`resource ${state.Resource} is not supported; supported is arn:aws:states:::lambda:invoke`);
  }
  if (!isObject(state.Arguments) || state.Arguments.FunctionName === undefined) {
    throw new Error('Arguments must be an object with FunctionName and Payload');
  }
  refuseOthers(state.Arguments, ['FunctionName', 'Payload'], 'lambda:invoke argument');
  checkAllStandsLast('Retry', listOf(state.Retry));
  checkAllStandsLast('Catch', listOf(state.Catch));
}

/** AWS wants `States.ALL` alone in its list and that list last, since nothing behind it is ever reached. */
function checkAllStandsLast(field: string, entries: Json[]): void {
  for (const [index, { ErrorEquals }] of (entries as unknown as Retrier[]).entries()) {
    if (!Array.isArray(ErrorEquals) || !ErrorEquals.includes(stateErrors.all)) continue;
    if (ErrorEquals.length > 1) throw new Error(`${field}[${index}]: States.ALL must stand alone in ErrorEquals`);
    if (index < entries.length - 1) throw new Error(`${field}[${index}]: States.ALL must be in the last entry`);
  }
}

function checkAssign(fields: Json): void {
  if (isObject(fields.Assign) && 'states' in fields.Assign) {
    throw new Error('Assign: "states" is reserved and cannot be a variable');
  }
}

function refuseOthers(object: Json, known: readonly string[], what: string): void {
  for (const field of Object.keys(object)) {
    if (!known.includes(field))
      throw new Error(`${what} field ${field} is not supported; supported are ${known.join(', ')}`);
  }
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
