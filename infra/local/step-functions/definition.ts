import aslValidator from 'asl-validator';
import { checkExpressions } from './jsonata';

/** How a state, a catcher or a choice is left: variables to set, the output, and the next state unless it is the last. */
export interface Exit {
  Assign?: Record<string, unknown>;
  Output?: unknown;
  Next?: string;
}

/** A retrier of a Task state; what is left out has the default that `planRetry` gives it. */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxAttempts?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

/** A state, with the fields that the States Language gives its type. */
export interface State extends Exit {
  Type: 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Succeed' | 'Fail';
  Arguments?: unknown;
  TimeoutSeconds?: unknown;
  Retry?: Retrier[];
  Catch?: Array<Exit & { ErrorEquals: string[] }>;
  Choices?: Array<Exit & { Condition: unknown }>;
  Default?: string;
  Seconds?: unknown;
  Timestamp?: unknown;
  Error?: unknown;
  Cause?: unknown;
}

/** A definition that passed every check: `States` has each state that it names. */
export interface Definition {
  StartAt: string;
  States: Record<string, State>;
  TimeoutSeconds?: number;
}

/** Texts that passed. The validator compiles its schemas at each call, a tenth of a second, and each execution asks. */
const accepted = new Map<string, Definition>();

/**
 * Reads a state machine's definition and refuses what would not run here, so that it fails at start and not on the way.
 *
 * @throws {Error} naming the state and the reason when the text is no valid States Language or uses an unsupported part
 * @see https://states-language.net/spec.html
 */
export function parseDefinition(machineName: string, text: string): Definition {
  const known = accepted.get(text);
  if (known !== undefined) return known;
  try {
    const definition = JSON.parse(text) as Definition;
    // Ours come first: the validator reports a wrong expression only as "must match exactly one schema".
    checkSupport(definition);
    const verdict = aslValidator(JSON.parse(text));
    if (!verdict.isValid) throw new Error(verdict.errorsText('; '));
    accepted.set(text, definition);
    return definition;
  } catch (error) {
    throw new Error(`State machine "${machineName}": ${(error as Error).message}`, { cause: error });
  }
}

type Json = Record<string, unknown>;

const EXIT = ['Assign', 'Output', 'Next'];
const TYPES = ['Task', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail'];
const WAIT = ['Seconds', 'Timestamp'];
const TASK = ['Resource', 'Arguments', 'TimeoutSeconds', 'Retry', 'Catch'];
const DELAY = ['IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'MaxDelaySeconds', 'JitterStrategy'];

/** The fields of states under JSONata; which of them a type of states has, the validator knows. */
const STATE_FIELDS = [
  ...['Type', 'Comment', 'QueryLanguage', 'End', 'Choices', 'Default', 'Error', 'Cause'],
  ...[...EXIT, ...TASK, ...WAIT],
];

/** The fields of the entries of a state's lists, which the validator does not check. */
const ENTRY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Retry: ['Comment', 'ErrorEquals', ...DELAY],
  Catch: ['Comment', 'ErrorEquals', ...EXIT],
  Choices: ['Comment', 'Condition', ...EXIT],
};
const TOP_FIELDS = ['Comment', 'StartAt', 'States', 'QueryLanguage', 'Version', 'TimeoutSeconds'];
const LAMBDA_INVOKE = /^arn:[a-z-]+:states:::lambda:invoke$/;

/**
 * Refuses by name what a definition uses and this interpreter lacks; what is left of its validity is for the validator.
 *
 * @throws {Error} with the place and what is supported instead
 */
function checkSupport(definition: unknown): void {
  if (!isObject(definition) || !isObject(definition.States)) {
    throw new Error('the definition must be a JSON object with States');
  }
  refuseOthers(definition, TOP_FIELDS, 'top-level');
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
  if (!TYPES.includes(String(state.Type))) {
    throw new Error(`type ${state.Type} is not supported; supported are ${TYPES.join(', ')}`);
  }
  const queryLanguage = state.QueryLanguage ?? defaultQueryLanguage ?? 'JSONPath';
  if (queryLanguage !== 'JSONata') {
    throw new Error(`query language ${queryLanguage} is not supported; set QueryLanguage to "JSONata"`);
  }
  refuseOthers(state, STATE_FIELDS, `${state.Type} state`);
  for (const [list, known] of Object.entries(ENTRY_FIELDS)) {
    if (Array.isArray(state[list])) checkEntries(list, state[list], known);
  }
  if (state.Type === 'Task') checkTask(state);
  checkExpressions(state);
}

function checkTask({ Resource, Arguments }: Json): void {
  if (!LAMBDA_INVOKE.test(String(Resource))) {
    throw new Error(`resource ${Resource} is not supported; supported is arn:aws:states:::lambda:invoke`);
  }
  if (!isObject(Arguments) || Arguments.FunctionName === undefined) {
    throw new Error('Arguments must be an object with FunctionName and Payload');
  }
  refuseOthers(Arguments, ['FunctionName', 'Payload'], 'lambda:invoke argument');
}

/** AWS wants `States.ALL` alone in its list and that list last, since nothing behind it is ever reached. */
function checkEntries(list: string, entries: Array<Json & { ErrorEquals?: string[] }>, known: readonly string[]): void {
  for (const [index, entry] of entries.entries()) {
    refuseOthers(entry, known, `${list}[${index}]`);
    const { ErrorEquals = [] } = entry;
    const isLastAlone = index === entries.length - 1 && ErrorEquals.length === 1;
    if (ErrorEquals.includes('States.ALL') && !isLastAlone) {
      throw new Error(`${list}[${index}]: States.ALL must stand alone, and in the last entry`);
    }
  }
}

function refuseOthers(object: Json, known: readonly string[], what: string): void {
  for (const field of Object.keys(object)) {
    if (!known.includes(field))
      throw new Error(`${what} field ${field} is not supported; supported are ${known.join(', ')}`);
  }
  if (isObject(object.Assign) && 'states' in object.Assign) {
    throw new Error('Assign: "states" is reserved and cannot be a variable');
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
