import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ScheduleTrigger } from '../../lib/service/contract';
import { jobAlarm, jobMissingAlarm } from './alarms';
import type { ServiceFunction } from './service-function';

/** The longest time that Lambda keeps an asynchronous invocation which it cannot start. */
const LONGEST_WAIT_MINUTES = 360;

/**
 * Runs a function again and again. A run that fails is not repeated, and one that could not be started before the next is
 * due is dropped: the next run finds all that it left. So there is no failure queue, whose notes would say nothing of what is
 * to be done; an alarm rings when run after run fails.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html for the age, which holds for throttled
 * invocations whatever the retries
 */
export class JobSchedule extends Construct {
  constructor(scope: Construct, id: string, props: { job: string; made: ServiceFunction; trigger: ScheduleTrigger }) {
    super(scope, id);
    const { job, trigger } = props;
    const made = props.made.function;
    made.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(Math.min(trigger.everyMinutes, LONGEST_WAIT_MINUTES)),
    });
    new Rule(this, 'Rule', {
      description: `Runs ${job}`,
      schedule: Schedule.rate(Duration.minutes(trigger.everyMinutes)),
      targets: [new FunctionTarget(made, { retryAttempts: 0 })],
    });
    jobAlarm(this, 'Failing', { made, job });
    jobMissingAlarm(this, 'Missing', { made, job });
  }
}
