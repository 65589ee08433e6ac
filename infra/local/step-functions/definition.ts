import aslValidator from 'asl-validator';
import { checkSupport } from './definition-support';

/** A retrier of a Task state; what is left out has the default that `planRetry` gives it. */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxAttempts?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

/** The fields that set variables and the output when a state, a catcher or a choice is left. */
export interface Exit {
  Assign?: Record<string, unknown>;
  Output?: unknown;
}

/** A catcher of a Task state. */
export interface Catcher extends Exit {
  ErrorEquals: string[];
  Next: string;
}

/** One rule of a Choice state. */
export interface ChoiceRule extends Exit {
  Condition: unknown;
  Next: string;
}

/** Where a state leads: to `Next`, or out of the execution. */
interface Transition {
  Next?: string;
  End?: true;
}

export interface TaskState extends Exit, Transition {
  Type: 'Task';
  Resource: string;
  Arguments: unknown;
  TimeoutSeconds?: unknown;
  Retry?: Retrier[];
  Catch?: Catcher[];
}
export interface PassState extends Exit, Transition {
  Type: 'Pass';
}
export interface WaitState extends Exit, Transition {
  Type: 'Wait';
  Seconds?: unknown;
  Timestamp?: unknown;
}
export interface ChoiceState extends Exit {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
}
export interface SucceedState {
  Type: 'Succeed';
  Output?: unknown;
}
export interface FailState {
  Type: 'Fail';
  Error?: unknown;
  Cause?: unknown;
}

/** A state of a kind this interpreter knows. */
export type State = TaskState | PassState | WaitState | ChoiceState | SucceedState | FailState;

/** A definition that passed every check: `States` has each state that it names. */
export interface Definition {
  StartAt: string;
  States: Record<string, State>;
  TimeoutSeconds?: number;
}

/** Texts that passed. The validator compiles its schemas at each call, a tenth of a second, and a restart asks again. */
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
    const definition: unknown = JSON.parse(text);
    // Ours come first: the validator reports a wrong expression only as "must match exactly one schema".
    checkSupport(definition);
    const verdict = aslValidator(JSON.parse(text) as object);
    if (!verdict.isValid) throw new Error(verdict.errorsText());
    accepted.set(text, definition as unknown as Definition);
    return definition as unknown as Definition;
  } catch (error) {
    throw new Error(`State machine "${machineName}": ${(error as Error).message}`, { cause: error });
  }
}
