import { sagas, services } from '../../../functions/services';
import { PARTY_UNDO_RETRY, STEP_RETRY, UNDO_RETRY } from '../../../lib/saga/retry-policy';
import { pivotOf, undoOf } from '../../../lib/saga/rows';
import type { PlannedCommand, Saga } from '../../../lib/saga/saga';

/** Commands that must come to their end, and the rows that can be given up instead. */
function commandsOf({ rows, whenUndone, whenParked, ...saga }: Saga) {
  const undos = rows.flatMap((row) => undoOf(row) ?? []);
  const { abandon } = pivotOf({ rows, whenUndone, whenParked, ...saga });
  const retryable = rows.filter(({ kind }) => kind === 'retryable');
  return {
    certain: [...undos, abandon, ...retryable, whenUndone, whenParked],
    steps: rows.filter(({ kind }) => kind !== 'retryable'),
  };
}

const callsParty = ({ step }: PlannedCommand) =>
  services.find(({ name }) => name === step.service)?.handlers[step.handler]?.party !== undefined;

describe.each(sagas.map((saga) => [saga.name, commandsOf(saga)] as const))(
  'while a circuit is open, %s',
  (name, commands) => {
    it('waits with each command that must come to its end and calls a party, and with no other', () => {
      const waiting = commands.certain.filter(({ retry }) => retry === PARTY_UNDO_RETRY).map(({ step }) => step.name);

      expect(waiting).toEqual(commands.certain.filter(callsParty).map(({ step }) => step.name));
      expect(waiting).toEqual(
        name === 'place-order' ? ['RefundPayment', 'CancelShipment'] : ['SettleCancellation', 'RefundPayment'],
      );
      for (const { retry } of commands.certain) expect([PARTY_UNDO_RETRY, UNDO_RETRY]).toContain(retry);
    });

    it('waits with none of the steps before the pivot, nor with the pivot', () => {
      for (const { retry } of commands.steps) expect(retry).toBe(STEP_RETRY);
    });
  },
);
