import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import {
  LambdaFunction as FunctionTarget,
  SfnStateMachine as MachineTarget,
  SqsQueue as QueueTarget,
} from 'aws-cdk-lib/aws-events-targets';
import {
  Alias,
  Architecture,
  Code,
  FilterCriteria,
  FilterRule,
  Function as Lambda,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/**
 * An app of the parts of AWS that the local cloud knows and the product does not use yet: a bus with rules, an archive, queues
 * that feed a function, a schedule, an Express machine. It knows nothing of orders, so that the local cloud cannot either.
 */
export function buildProbeApp(outdir: string): App {
  const app = new App({ outdir });
  new ProbeStack(app, 'probe');
  return app;
}

const MACHINE = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Echo',
  States: { Echo: { Type: 'Pass', Output: { got: '{% $states.input %}' }, End: true } },
});

class ProbeStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const dead = this.queue('dead');
    const failures = this.queue('failures');
    const secret = new Secret(this, 'Secret', { secretName: 'probe/secret' });
    const worker = this.worker('worker', {
      environment: { SECRET: secret.secretValue.unsafeUnwrap() },
      retryAttempts: 1,
      onFailure: new SqsDestination(failures),
    });
    this.addQueues(worker, dead);
    this.addBus(worker, dead);
    this.worker('single', { reservedConcurrentExecutions: 1 });
    new Alias(this, 'Live', { aliasName: 'live', version: worker.currentVersion });
    new Schedule(this, 'Tick', {
      scheduleName: 'probe-tick',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new SqsSendMessage(this.queue('ticks'), {}),
    });
    this.machine('express', StateMachineType.EXPRESS);
  }

  private queue(name: string, props: QueueProps = {}): Queue {
    return new Queue(this, `Queue-${name}`, { queueName: `probe-${name}`, ...props });
  }

  private worker(name: string, props: object): Lambda {
    const functionName = `probe-${name}`;
    return new Lambda(this, `Function-${name}`, {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(__dirname, 'probe', 'worker')),
      timeout: Duration.seconds(10),
      logGroup: new LogGroup(this, `Log-${name}`, {
        logGroupName: `/aws/lambda/${functionName}`,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      ...props,
    });
  }

  /** Work that fails twice is dead; what says `skip` is nobody's. */
  private addQueues(worker: Lambda, dead: Queue): void {
    const work = this.queue('work', {
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
    });
    worker.addEventSource(
      new SqsEventSource(work, {
        batchSize: 5,
        reportBatchItemFailures: true,
        maxConcurrency: 2,
        filters: [FilterCriteria.filter({ body: { skip: FilterRule.notExists() } })],
      }),
    );
  }

  private addBus(worker: Lambda, dead: Queue): void {
    const eventBus = new EventBus(this, 'Bus', { eventBusName: 'probe-bus' });
    eventBus.archive('Archive', { archiveName: 'probe-archive', eventPattern: { source: ['probe'] } });
    const rule = (type: string) =>
      new Rule(this, `Rule-${type}`, {
        ruleName: `probe-${type}`,
        eventBus,
        eventPattern: { source: ['probe'], detailType: [type] },
      });
    rule('to-queue').addTarget(
      new QueueTarget(this.queue('inbox'), {
        message: RuleTargetInput.fromObject({
          subject: EventField.fromPath('$.detail.subject'),
          by: EventField.account,
        }),
        deadLetterQueue: dead,
      }),
    );
    rule('to-function').addTarget(new FunctionTarget(worker, { retryAttempts: 2, deadLetterQueue: dead }));
    rule('to-machine').addTarget(new MachineTarget(this.machine('standard', StateMachineType.STANDARD)));
    new CfnOutput(this, 'BusName', { value: eventBus.eventBusName });
  }

  private machine(name: string, stateMachineType: StateMachineType): StateMachine {
    return new StateMachine(this, `Machine-${name}`, {
      stateMachineName: `probe-${name}`,
      stateMachineType,
      definitionBody: DefinitionBody.fromString(MACHINE),
    });
  }
}
