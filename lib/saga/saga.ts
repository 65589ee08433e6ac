import type { Expression, Template } from './expression';
import { expression } from './expression';
import type { RetryPolicy } from './retry-policy';
import type { StepRef } from './step-ref';

/** Earlier results by the step's name. */
export type Results = Readonly<Record<string, unknown>>;

/** What the arguments of a step before the pivot may be made of. */
export interface Known<Input, Done extends Results> {
  readonly input: Expression<Input>;
  readonly results: { readonly [Name in keyof Done]: Expression<Done[Name]> };
}

/**
 * What every other command may be made of. No results: after a lost reply there is none, and an undo can be run by another
 * execution than the one that ran the steps.
 */
export interface InputOnly<Input> {
  readonly input: Expression<Input>;
}

/** Why the saga gave up, as the last steps get it. */
export interface Failure<Code extends string> {
  readonly code: Code;
  readonly step: string;
  readonly error: string;
  readonly cause?: string;
}

/** A command as a row declares it: who is called with what, and how often and how long it is tried. */
interface Command<From, Name extends string, Arguments, Result> {
  readonly step: StepRef<Name, Arguments, Result>;
  readonly arguments: (known: From) => Template<NoInfer<Arguments>>;
  readonly retry: RetryPolicy;
}

/** An undo, which is repeated but for the errors that say that it cannot be done any more. */
type Undo<From, Name extends string, Arguments> = Command<From, Name, Arguments, unknown> & {
  readonly finalErrors?: readonly string[];
};

/** How a row fails: refusals by error name (never retried), and the code of everything else once the retries are used up. */
interface Failing<Code extends string> {
  readonly refusals?: Readonly<Record<string, Code>>;
  readonly unavailable: Code;
}

/** A command with its arguments written out. */
export interface PlannedCommand {
  readonly step: StepRef;
  readonly arguments: unknown;
  readonly retry: RetryPolicy;
  /** Of an undo: errors that are never repeated. */
  readonly finalErrors?: readonly string[];
}

/** One row of a saga, as `toAsl` reads it. */
export type Row = PlannedCommand & {
  readonly refusals: Readonly<Record<string, string>>;
  readonly unavailable: string;
} & (
    | { readonly kind: 'compensatable'; readonly undo: PlannedCommand | 'nothing' }
    | { readonly kind: 'pivot'; readonly abandon: PlannedCommand }
    | { readonly kind: 'retryable' }
  );

/** A whole saga. */
export interface Saga {
  readonly name: string;
  /** The member of the input that is the saga's id. */
  readonly idKey: string;
  readonly rows: readonly Row[];
  readonly whenUndone: PlannedCommand;
  readonly whenParked: PlannedCommand;
}

/** Before the pivot: steps that can be undone, then the one that decides. */
export interface BeforePivot<Input, Code extends string, Done extends Results> {
  /** A step with its undo. The undo is mandatory; `'nothing'` says that there is nothing to undo. */
  compensatable<Name extends string, Arguments, Result, UndoName extends string, UndoArguments>(
    row: Command<Known<Input, Done>, Name, Arguments, Result> &
      Failing<Code> & { readonly undo: Undo<InputOnly<Input>, UndoName, UndoArguments> | 'nothing' },
  ): BeforePivot<Input, Code, Done & { readonly [K in Name]: Result }>;
  /**
   * The step that decides. `abandon` settles it in the same record: it answers whether the pivot happened, and if not makes sure
   * that it never will. Nothing is undone before that is certain, whichever step failed: another execution of the same saga may
   * have gone further.
   */
  pivot<Name extends string, Arguments, Result, AbandonName extends string, AbandonArguments>(
    row: Command<Known<Input, Done>, Name, Arguments, Result> &
      Failing<Code> & {
        readonly abandon: Command<
          InputOnly<Input>,
          AbandonName,
          AbandonArguments,
          { readonly outcome: 'happened' | 'abandoned' }
        >;
      },
  ): AfterPivot<Input, Code>;
}

/** After the pivot: steps that are retried until they are done, or parked; never undone. */
export interface AfterPivot<Input, Code extends string> {
  retryable<Name extends string, Arguments>(
    row: Command<InputOnly<Input>, Name, Arguments, unknown> & { readonly unavailable: Code },
  ): AfterPivot<Input, Code>;
  /** Ends the definition: what is called when everything was undone, and when something could not be. */
  ending<A, B>(endings: {
    readonly whenUndone: Command<
      InputOnly<Input> & { readonly failure: Expression<Failure<Code>> },
      string,
      A,
      unknown
    >;
    readonly whenParked: Command<
      InputOnly<Input> & {
        readonly failure: Expression<Failure<Code>>;
        readonly failedUndos: Expression<readonly string[]>;
      },
      string,
      B,
      unknown
    >;
  }): Saga;
}

/** Where the input of the execution is read; needs no state of its own to be kept. */
export const INPUT_PATH = '$states.context.Execution.Input';

const input = expression<never>(INPUT_PATH);
const failure = expression<never>('$failure');
const failedUndos = expression<never>('$failedUndos');
const results = new Proxy({}, { get: (_, name) => expression(`$${String(name)}`) });

type Untyped = { step: StepRef; arguments: (known: never) => unknown; retry: RetryPolicy; finalErrors?: string[] };
const plan = (command: Untyped): PlannedCommand => ({
  step: command.step,
  arguments: command.arguments({ input, results, failure, failedUndos } as never),
  retry: command.retry,
  ...(command.finalErrors && { finalErrors: command.finalErrors }),
});

/** The members of an input that can be the id of a saga. */
type IdKey<Input> = { [Key in keyof Input]: Input[Key] extends string ? Key : never }[keyof Input] & string;

/**
 * Begins the definition of a saga: compensatable rows, one pivot, retryable rows, the endings. A misuse does not compile.
 * `idKey` names the member of the input that is the saga's id: at most 70 characters, and the name of its first execution.
 *
 * @see https://microservices.io/patterns/data/saga.html for the three kinds of step
 */
export function saga<Input, Code extends string>(
  name: string,
  idKey: IdKey<Input>,
): BeforePivot<Input, Code, Record<never, never>> {
  const rows: Row[] = [];
  const add = (row: Untyped & { refusals?: Record<string, string>; unavailable: string }, rest: object) => {
    rows.push({ ...plan(row), refusals: row.refusals ?? {}, unavailable: row.unavailable, ...rest } as Row);
    return builder;
  };
  const builder = {
    compensatable: (row: never) => {
      const { undo } = row as { undo: Untyped | 'nothing' };
      return add(row, { kind: 'compensatable', undo: undo === 'nothing' ? undo : plan(undo) });
    },
    pivot: (row: never) => add(row, { kind: 'pivot', abandon: plan((row as { abandon: Untyped }).abandon) }),
    retryable: (row: never) => add(row, { kind: 'retryable' }),
    ending: (endings: { whenUndone: Untyped; whenParked: Untyped }): Saga => ({
      name,
      idKey,
      rows,
      whenUndone: plan(endings.whenUndone),
      whenParked: plan(endings.whenParked),
    }),
  };
  return builder as unknown as BeforePivot<Input, Code, Record<never, never>>;
}
