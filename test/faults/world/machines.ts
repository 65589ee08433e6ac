import type { StateMachine } from '../../../infra/local/step-functions/step-functions';
import { hasUndos, stepsOf } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';
import { substitutionOf } from '../../../lib/saga/task-state';
import { toAsl, toUndoAsl } from '../../../lib/saga/to-asl';
import { stateMachineName } from '../../../lib/service/names';
import type { Phase } from '../fates';
import type { Profile } from '../simulation';
import { functionArn, STAGE } from './place';

/** The state machines of the sagas, as the infrastructure deploys them. */
export function machinesOf(sagas: readonly Saga[], profile: Profile): Array<Omit<StateMachine, 'roleArn'>> {
  return sagas.flatMap((saga) => {
    const machine = (role: 'main' | 'repair' | 'undo', text: object, type: Profile) => ({
      name: stateMachineName(STAGE, saga.name, role),
      definition: substituted(saga, JSON.stringify(text)),
      type,
    });
    return [
      machine('main', toAsl(saga), profile),
      ...(profile === 'EXPRESS' ? [machine('repair', toAsl(saga), 'STANDARD')] : []),
      ...(hasUndos(saga) ? [machine('undo', toUndoAsl(saga), 'STANDARD')] : []),
    ];
  });
}

function substituted(saga: Saga, text: string): string {
  return stepsOf(saga).reduce(
    (definition, step) => definition.replaceAll(`\${${substitutionOf(step)}}`, functionArn(step.service, step.handler)),
    text,
  );
}

/** Which part of the system's work a call of an execution is. */
export function phaseOf(sagas: readonly Saga[], executionArn: string, step: string): Phase {
  const { machine, name } = parseExecutionArn(executionArn);
  const isTakenUp = /-(repair|undo)$/.test(machine) || /-\d+$/.test(name);
  if (isTakenUp) return 'repair';
  const saga = sagas.find((it) => stateMachineName(STAGE, it.name) === machine);
  const forward = saga?.rows.some((row) => row.step.name === step) ?? true;
  return forward ? 'forward' : 'undo';
}

/** `arn:aws:states:<region>:<account>:execution:<machine>:<name>`, or `express` in place of `execution` and one part more. */
export function parseExecutionArn(arn: string): { machine: string; name: string; isExpress: boolean } {
  const [, , , , , kind, machine = '', name = ''] = arn.split(':');
  return { machine, name, isExpress: kind === 'express' };
}
