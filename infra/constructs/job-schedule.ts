import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ScheduleTrigger } from '../../lib/service/contract';
import { jobAlarm, jobLettersAlarm, jobMissingAlarm } from './alarms';
import { ConsumerQueues } from './consumer-queues';
import type { ServiceFunction } from './service-function';

/** The longest time that Lambda keeps an asynchronous invocation which it cannot start. */
const LONGEST_WAIT_MINUTES = 360;

/** A run that failed is made up for by those after it, so its letter soon says nothing any more. */
const LETTERS_KEPT = Duration.hours(1);

/**
 * Runs a function again and again. A run that fails is not repeated, and one that could not be started before the next is
 * due is dropped: the next run finds all that it left. Both leave a dead letter with the reason, which is kept for an hour; to redrive
 * it is to run the job once more. Alarms ring when run after run fails.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html for the age, which holds for throttled
 * invocations whatever the retries
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class JobSchedule extends Construct {
  constructor(scope: Construct, id: string, props: { consumer: ServiceFunction; trigger: ScheduleTrigger }) {
    super(scope, id);
    const { consumer, trigger } = props;
    const { function: made, title: job } = consumer;
    const { deadLetters } = new ConsumerQueues(this, 'Queues', {
      consumer,
      batchSize: 1,
      maximumConcurrency: 2,
      lettersKept: LETTERS_KEPT,
    });
    made.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(Math.min(trigger.everyMinutes, LONGEST_WAIT_MINUTES)),
      // The CDK's own destination would grant two actions more than Lambda takes.
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    new Rule(this, 'Rule', {
      description: `Runs ${job}`,
      schedule: Schedule.rate(Duration.minutes(trigger.everyMinutes)),
      targets: [new FunctionTarget(made, { retryAttempts: 0, deadLetterQueue: deadLetters })],
    });
    jobAlarm(this, 'Failing', { made, job });
    jobMissingAlarm(this, 'Missing', { made, job });
    jobLettersAlarm(this, 'DeadLettersWaiting', { deadLetters, job });
  }
}
