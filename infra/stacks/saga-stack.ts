import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Saga } from '../../lib/saga/saga';
import { stepsOf, substitutionOf, toAsl } from '../../lib/saga/to-asl';
import { pascalCase, stateMachineName } from '../../lib/service/names';
import { functionArn } from '../constructs/service-function';
import type { Settings } from '../settings';

/** The sagas as state machines. Each may invoke the functions of its steps and undos, and no other. */
export class SagaStack extends Stack {
  constructor(scope: Construct, id: string, sagas: readonly Saga[], settings: Settings, props: StackProps) {
    super(scope, id, props);
    for (const saga of sagas) this.addSaga(saga, settings);
  }

  private addSaga(saga: Saga, settings: Settings): void {
    const id = pascalCase(saga.name);
    const name = stateMachineName(settings.stage, saga.name);
    const arns = stepsOf(saga).map((step) => [
      substitutionOf(step),
      functionArn(this, settings.stage, step.service, step.handler),
    ]);
    const substitutions: Record<string, string> = Object.fromEntries(arns);
    const machine = new StateMachine(this, id, {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(toAsl(saga))),
      definitionSubstitutions: substitutions,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${id}Log`, {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: settings.logRetention,
          removalPolicy: settings.removalPolicy,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
      removalPolicy: settings.removalPolicy,
    });
    machine.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: Object.values(substitutions) }),
    );
    new CfnOutput(this, `${id}StateMachineArn`, { value: machine.stateMachineArn });
  }
}
