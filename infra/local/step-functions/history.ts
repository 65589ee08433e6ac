import type { Clock } from '../clock';
import { StateError, stateErrors } from './state-error';

/** One event of an execution, in the wire form of `GetExecutionHistory`: the timestamp is in epoch seconds. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/**
 * The most events a Standard execution may have; the one that would be more fails it. An Express execution has no limit.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_EVENTS = 25_000;

/**
 * Numbers the events of one execution and keeps those that are not yet in the store.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class History {
  #unsaved: HistoryEvent[] = [];

  /** `lastEventId` is the id of the newest event in the store, 0 for none; `onSaved` learns of each that gets there. */
  constructor(
    private readonly clock: Clock,
    private lastEventId: number,
    private readonly maxEvents: number,
    private readonly onSaved: (event: HistoryEvent) => void,
  ) {}

  get lastId(): number {
    return this.lastEventId;
  }

  /**
   * Adds an event and answers its id. `previousEventId` is the event before unless told.
   *
   * @throws {StateError} `States.Runtime` when the event would leave no room for the one that ends the execution
   */
  add(type: string, details: EventDetails = {}, previousEventId = this.lastEventId): number {
    if (this.lastEventId + 1 >= this.maxEvents) {
      const cause = `The execution reached the maximum number of history events (${this.maxEvents}).`;
      throw new StateError(stateErrors.runtime, cause);
    }
    return this.#append(type, details, previousEventId);
  }

  /** Adds the event that ends the execution. */
  addLast(type: string, details: EventDetails, previousEventId = this.lastEventId): void {
    this.#append(type, details, previousEventId);
  }

  /** Hands the events since the last call to `write`, which puts them into the store. */
  async save(write: (events: HistoryEvent[]) => Promise<void>): Promise<void> {
    const events = this.#unsaved;
    this.#unsaved = [];
    await write(events);
    events.forEach(this.onSaved);
  }

  #append(type: string, details: EventDetails, previousEventId: number): number {
    this.lastEventId += 1;
    this.#unsaved.push({
      id: this.lastEventId,
      previousEventId,
      timestamp: this.clock.now() / 1000,
      type,
      ...details,
    });
    return this.lastEventId;
  }
}

type EventDetails = Record<`${string}EventDetails`, Record<string, unknown>>;

const WHOLE = { truncated: false };

/** Details of `ExecutionStarted`; `input` is JSON text. */
export function startedDetails(input: string, roleArn: string): EventDetails {
  return { executionStartedEventDetails: { input, inputDetails: WHOLE, roleArn } };
}

/** Details of `ExecutionRedriven`. */
export function redrivenDetails(redriveCount: number): EventDetails {
  return { executionRedrivenEventDetails: { redriveCount } };
}

/** Details of a `…StateEntered`; `input` is JSON text. */
export function enteredDetails(name: string, input: string): EventDetails {
  return { stateEnteredEventDetails: { name, input, inputDetails: WHOLE } };
}

/** Details of a `…StateExited`; `output` is JSON text, `assigned` the variables that the state set. */
export function exitedDetails(name: string, output: string, assigned: Record<string, unknown>): EventDetails {
  const texts = Object.entries(assigned).map(([variable, value]) => [variable, JSON.stringify(value)]);
  const variables =
    texts.length === 0 ? {} : { assignedVariables: Object.fromEntries(texts), assignedVariablesDetails: WHOLE };
  return { stateExitedEventDetails: { name, output, outputDetails: WHOLE, ...variables } };
}

const LAMBDA_INVOKE = { resourceType: 'lambda', resource: 'invoke' };

/** Details of `TaskScheduled`; `parameters` is JSON text. */
export function scheduledDetails(parameters: string, region: string, timeoutInSeconds?: number): EventDetails {
  const limit = timeoutInSeconds === undefined ? {} : { timeoutInSeconds };
  return { taskScheduledEventDetails: { ...LAMBDA_INVOKE, region, parameters, ...limit } };
}

/** Details of `TaskStarted`. */
export function taskStartedDetails(): EventDetails {
  return { taskStartedEventDetails: LAMBDA_INVOKE };
}

/** Details of `TaskSucceeded`; `output` is JSON text. */
export function taskSucceededDetails(output: string): EventDetails {
  return { taskSucceededEventDetails: { ...LAMBDA_INVOKE, output, outputDetails: WHOLE } };
}

/** Type and details of the event of a task's failure. */
export function taskFailure({ error, cause }: StateError): [type: string, details: EventDetails] {
  const details = { ...LAMBDA_INVOKE, ...failureFields(error, cause) };
  return error === stateErrors.timeout
    ? ['TaskTimedOut', { taskTimedOutEventDetails: details }]
    : ['TaskFailed', { taskFailedEventDetails: details }];
}

/** Details of `EvaluationFailed`. */
export function evaluationFailedDetails(state: string, { error, cause, location }: StateError): EventDetails {
  return { evaluationFailedEventDetails: { ...failureFields(error, cause), location, state } };
}

const EXECUTION_DATA = /^(input|output|parameters|assignedVariables)(Details)?$/;

/** An event without what the states took in and gave out. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const members = Object.entries(event).map(([member, value]) => {
    if (!member.endsWith('EventDetails')) return [member, value];
    return [member, Object.fromEntries(Object.entries(value).filter(([field]) => !EXECUTION_DATA.test(field)))];
  });
  return Object.fromEntries(members) as HistoryEvent;
}

/** Error and cause, each left out when there is none. */
export function failureFields(error?: string, cause?: string): { error?: string; cause?: string } {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
