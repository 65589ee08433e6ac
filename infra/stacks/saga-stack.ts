import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { hasUndos, stepsOf, undoStepsOf } from '../../lib/saga/rows';
import type { Saga } from '../../lib/saga/saga';
import type { StepRef } from '../../lib/saga/step-ref';
import { substitutionOf } from '../../lib/saga/task-state';
import { toAsl, toUndoAsl } from '../../lib/saga/to-asl';
import {
  executionLogName,
  type MachineRole,
  pascalCase,
  stateMachineName,
  type Workflow,
} from '../../lib/service/names';
import { executionsAlarm, parkedAlarm } from '../constructs/alarms';
import { functionArn } from '../constructs/arns';
import type { Settings } from '../settings';

/** One state machine of a saga. */
interface Machine {
  readonly name: string;
  readonly type: Workflow;
  readonly text: object;
  /** What the text calls. */
  readonly steps: readonly StepRef[];
}

/**
 * The sagas as state machines: each saga's own, of the type of the settings; a standard one of the same text that repairs, if
 * its own is not standard; and one that only undoes, if there is anything to undo. Each may invoke the functions that its text
 * calls, and no other.
 */
export class SagaStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    sagas: readonly Saga[],
    private readonly settings: Settings,
    props: StackProps,
  ) {
    super(scope, id, props);
    for (const saga of sagas) this.addSaga(saga);
  }

  private addSaga(saga: Saga): void {
    const { stage, workflow } = this.settings;
    const name = (role: MachineRole) => stateMachineName(stage, saga.name, role);
    const id = pascalCase(saga.name);
    const whole = { text: toAsl(saga), steps: stepsOf(saga) };
    const main = this.addMachine(id, { ...whole, name: name('main'), type: workflow });
    const repair =
      workflow === 'STANDARD'
        ? main
        : this.addMachine(`${id}Repair`, { ...whole, name: name('repair'), type: 'STANDARD' });
    new CfnOutput(this, `${id}StateMachineArn`, { value: main.stateMachineArn });
    new CfnOutput(this, `${id}RepairStateMachineArn`, { value: repair.stateMachineArn });
    executionsAlarm(this, `${id}Failed`, { machine: repair, saga, section: 'a-saga-failed' });
    if (repair !== main) parkedAlarm(this, `${id}Parked`, { machine: main, saga });
    if (!hasUndos(saga)) return;
    const only = { text: toUndoAsl(saga), steps: undoStepsOf(saga) };
    const undo = this.addMachine(`${id}Undo`, { ...only, name: name('undo'), type: 'STANDARD' });
    new CfnOutput(this, `${id}UndoStateMachineArn`, { value: undo.stateMachineArn });
    executionsAlarm(this, `${id}UndoFailed`, { machine: undo, saga, section: 'an-undo-failed' });
  }

  private addMachine(id: string, { name, type, text, steps }: Machine): StateMachine {
    const { stage, logRetention: retention, removalPolicy } = this.settings;
    const substitutions: Record<string, string> = Object.fromEntries(
      steps.map((step) => [substitutionOf(step), functionArn(this, stage, step.service, step.handler)]),
    );
    const machine = new StateMachine(this, id, {
      stateMachineName: name,
      stateMachineType: StateMachineType[type],
      definitionBody: DefinitionBody.fromString(JSON.stringify(text)),
      definitionSubstitutions: substitutions,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${id}Log`, { logGroupName: executionLogName(name), retention, removalPolicy }),
        // An Express execution has no other history; a standard one has, and its log is for what went wrong.
        level: type === 'EXPRESS' ? LogLevel.ALL : LogLevel.ERROR,
        includeExecutionData: false,
      },
      removalPolicy,
    });
    machine.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: Object.values(substitutions) }),
    );
    return machine;
  }
}
