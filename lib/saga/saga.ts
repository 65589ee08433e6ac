import type { Expression, Template } from './expression';
import { expression } from './expression';
import type { StepRef } from './step-ref';

/** Earlier results by the step's name. */
export type Results = Readonly<Record<string, unknown>>;

/** What the arguments of a command may be made of. */
export interface Known<Input, Done extends Results> {
  readonly input: Expression<Input>;
  readonly results: { readonly [Name in keyof Done]: Expression<Done[Name]> };
}

/** Why the saga gave up, as the last steps get it. */
export interface Failure<Code extends string> {
  readonly code: Code;
  readonly step: string;
  readonly error: string;
  readonly cause?: string;
}

/** A command as a row declares it. */
interface Command<Input, Done extends Results, Name extends string, Arguments, Result> {
  readonly step: StepRef<Name, Arguments, Result>;
  readonly arguments: (known: Known<Input, Done>) => Template<NoInfer<Arguments>>;
}

/** How a row fails: refusals by error name (never retried), and the code of everything else once the retries are used up. */
interface Failing<Code extends string> {
  readonly refusals?: Readonly<Record<string, Code>>;
  readonly unavailable: Code;
}

/** A command with its arguments written out. */
export interface PlannedCommand {
  readonly step: StepRef;
  readonly arguments: unknown;
}

/** One row of a saga, as {@link toAsl} reads it. */
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
  readonly rows: readonly Row[];
  readonly whenUndone: PlannedCommand;
  readonly whenParked: PlannedCommand;
}

/** Before the pivot: steps that can be undone, then the one that decides. */
export interface BeforePivot<Input, Code extends string, Done extends Results> {
  /**
   * A step with its undo. The undo is mandatory; `'nothing'` says that there is nothing to undo. Its arguments are made of
   * the input and of *earlier* results, never of the step's own: after a lost reply there is none.
   */
  compensatable<Name extends string, Arguments, Result, UndoName extends string, UndoArguments>(
    row: Command<Input, Done, Name, Arguments, Result> &
      Failing<Code> & { readonly undo: Command<Input, Done, UndoName, UndoArguments, unknown> | 'nothing' },
  ): BeforePivot<Input, Code, Done & { readonly [K in Name]: Result }>;
  /**
   * The step that decides. When its outcome is unknown, `abandon` settles it in the same record: it answers whether the
   * pivot happened, and if not makes sure that it never will. Only then is anything undone. Later steps cannot use the
   * pivot's result: a pivot that was settled has none.
   */
  pivot<Name extends string, Arguments, Result, AbandonName extends string, AbandonArguments>(
    row: Command<Input, Done, Name, Arguments, Result> &
      Failing<Code> & {
        readonly abandon: Command<
          Input,
          Done,
          AbandonName,
          AbandonArguments,
          { readonly outcome: 'happened' | 'abandoned' }
        >;
      },
  ): AfterPivot<Input, Code, Done>;
}

/** After the pivot: steps that are retried until they are done, or parked; never undone. */
export interface AfterPivot<Input, Code extends string, Done extends Results> {
  retryable<Name extends string, Arguments, Result>(
    row: Command<Input, Done, Name, Arguments, Result> & { readonly unavailable: Code },
  ): AfterPivot<Input, Code, Done & { readonly [K in Name]: Result }>;
  /** Ends the definition: what is called when everything was undone, and when something could not be. */
  ending<A, B>(endings: {
    readonly whenUndone: {
      readonly step: StepRef<string, A>;
      readonly arguments: (known: {
        input: Expression<Input>;
        failure: Expression<Failure<Code>>;
      }) => Template<NoInfer<A>>;
    };
    readonly whenParked: {
      readonly step: StepRef<string, B>;
      readonly arguments: (known: {
        input: Expression<Input>;
        failure: Expression<Failure<Code>>;
        failedUndos: Expression<readonly string[]>;
      }) => Template<NoInfer<B>>;
    };
  }): Saga;
}

/** Where the input of the execution is read; needs no state of its own to be kept. */
const input = expression<never>('$states.context.Execution.Input');
const failure = expression<never>('$failure');
const failedUndos = expression<never>('$failedUndos');
const results = new Proxy({}, { get: (_, name) => expression(`$${String(name)}`) });

type Untyped = { step: StepRef; arguments: (known: never) => unknown };
const plan = (command: Untyped): PlannedCommand => ({
  step: command.step,
  arguments: command.arguments({ input, results, failure, failedUndos } as never),
});

/**
 * Begins the definition of a saga: compensatable rows, one pivot, retryable rows, the endings. A misuse does not compile.
 *
 * @see https://microservices.io/patterns/data/saga.html for the three kinds of step
 */
export function saga<Input, Code extends string>(name: string): BeforePivot<Input, Code, Record<never, never>> {
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
      rows,
      whenUndone: plan(endings.whenUndone),
      whenParked: plan(endings.whenParked),
    }),
  };
  return builder as unknown as BeforePivot<Input, Code, Record<never, never>>;
}
