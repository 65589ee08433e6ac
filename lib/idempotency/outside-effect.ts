import { StepUndoneError } from '../errors/saga-errors';
import type { OutboxEntry } from '../events/outbox';
import type { Edges } from '../table/dynamodb-transition';

/**
 * The states of one effect outside, such as a charge, by the names that its service gives them:
 *
 * ```text
 *                     ┌─▶ settled ─┐               ┌─▶ undone, one of several
 *   (none) ─▶ INTENT ─┼─▶ refused ─┼─▶ CANCELLING ─┤
 *      │              └────────────┘               └─▶ settled, and kept: it cannot be undone any more
 *      └─▶ never: the undo came first
 * ```
 *
 * `INTENT` is written before the party is asked, so that no effect is without a record, and an undo that finds none knows that
 * nobody has asked. `CANCELLING` is written before the party is asked to cancel: no answer to the step counts any more.
 */
export interface OutsideEffect<Status extends string> {
  /** What it is, for the log: `payment`. */
  readonly what: string;
  /** The step whose effect it is, such as `ChargePayment`. */
  readonly step: string;
  readonly settled: Status;
  readonly refused: Status;
  /** The end of an undo that found nothing. */
  readonly never: Status;
  /** The attribute that is set when the party can undo it no more, so that it stays settled; none when it always can. */
  readonly finality?: string;
  /** All edges. Those of this file are taken one by one: a late answer to the step never gets past an undo. */
  readonly edges: Edges<Status | 'INTENT' | 'CANCELLING'>;
}

/** What a step comes to that meets an effect in a state. */
export type MetEffect = 'go on' | 'settled' | 'refused' | 'undone';

/** What a step comes to that meets its effect in `status`. Whatever is neither begun nor settled nor refused has been undone. */
export function explainEffect<Status extends string>(
  { settled, refused }: Pick<OutsideEffect<Status>, 'settled' | 'refused'>,
  status: Status | 'INTENT' | 'CANCELLING',
): MetEffect {
  // The step before this one did not come back: repeated with the same key, it is made once.
  if (status === 'INTENT') return 'go on';
  if (status === settled) return 'settled';
  return status === refused ? 'refused' : 'undone';
}

/** The record of one effect. Each operation is one conditional write and answers the state that stands after it. */
export interface EffectRecord<Status extends string> {
  /** Notes that the party is about to be asked: `INTENT`, unless there is a record already. */
  open(): Promise<Status>;
  /** Notes the party's answer to the step, unless an undo has begun. */
  settle(answer: Answered<Status>): Promise<Status>;
  /** Begins the undo: `CANCELLING` when the party is to be asked; any other state is the end of it. */
  beginUndo(): Promise<Status>;
  /** Notes what the undo came to. A repeat changes nothing. */
  finishUndo(answer: Answered<Status>): Promise<Status>;
}

/** A state that the party's answer leads to, with the attributes that are set with it. */
export interface Answered<Status extends string> {
  readonly status: Status;
  readonly set?: Readonly<Record<string, unknown>>;
  /** Events that it brings about. */
  readonly emit?: readonly OutboxEntry[];
}

/**
 * Carries a step out once: the intent is written, the party asked, its answer written. Whichever of the three a repeat finds done,
 * it goes on from there.
 *
 * @throws {StepUndoneError} when it was undone, here or at the party (`ask` answers `undone`)
 */
export async function doOutside<Status extends string>(
  effect: OutsideEffect<Status>,
  record: EffectRecord<Status>,
  sagaId: string,
  ask: () => Promise<Answered<Status> | 'undone'>,
): Promise<'settled' | 'refused'> {
  let met = explainEffect(effect, await record.open());
  if (met === 'go on') {
    const answer = await ask();
    met = answer === 'undone' ? answer : explainEffect(effect, await record.settle(answer));
  }
  if (met === 'settled' || met === 'refused') return met;
  throw new StepUndoneError(effect.step, sagaId);
}

/**
 * Undoes a step, whether it happened, did not, or is still on its way, and answers the state that stands then. Where there is no
 * record, nobody has asked the party and nobody will: a late step meets the mark that is left. Otherwise the party is asked even
 * when the record says that nothing happened: it alone knows, and once it has cancelled, nothing that is late can land.
 */
export async function undoOutside<Status extends string>(
  record: EffectRecord<Status>,
  cancel: () => Promise<Answered<Status>>,
): Promise<Status> {
  const status = await record.beginUndo();
  return (status as string) === 'CANCELLING' ? record.finishUndo(await cancel()) : status;
}
