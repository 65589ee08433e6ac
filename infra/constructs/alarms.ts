import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Saga } from '../../lib/saga/saga';

const PERIOD = Duration.minutes(5);

/** A section of docs/runbook.md: its heading as a link names it. */
type RunbookSection = 'a-saga-failed' | 'an-undo-failed' | 'a-change-was-not-delivered' | 'a-job-keeps-failing';

/**
 * Rings when an execution of a standard state machine ended in any way but well, within five minutes. One metric after
 * another may be without data: SUM takes those that have some.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export function executionsAlarm(
  scope: Construct,
  id: string,
  { machine, saga, section }: { machine: StateMachine; saga: Saga; section: 'a-saga-failed' | 'an-undo-failed' },
): void {
  const as = { period: PERIOD, statistic: Stats.SUM };
  const what =
    section === 'a-saga-failed'
      ? 'was parked or broke off: an order may wait for people'
      : 'could not be undone to the end: the order waits for people';
  addAlarm(scope, id, {
    section,
    what: `An execution of the saga ${saga.name} ${what}.`,
    metric: new MathExpression({
      expression: 'SUM([failed, timedOut, aborted])',
      label: 'executions that ended without success',
      period: PERIOD,
      usingMetrics: {
        failed: machine.metricFailed(as),
        timedOut: machine.metricTimedOut(as),
        aborted: machine.metricAborted(as),
      },
    }),
  });
}

/**
 * Rings when an Express execution failed, which it does only to say that its order is parked. One that takes longer than AWS lets it
 * is no reason to call anybody: the sweeper takes it up.
 */
export function parkedAlarm(
  scope: Construct,
  id: string,
  { machine, saga }: { machine: StateMachine; saga: Saga },
): void {
  addAlarm(scope, id, {
    section: 'a-saga-failed',
    what: `An Express execution of the saga ${saga.name} was parked: the order waits for people.`,
    metric: machine.metricFailed({ period: PERIOD, statistic: Stats.SUM }),
  });
}

/** Rings while a failure queue holds a note of what a function was not given in the end. */
export function failureQueueAlarm(scope: Construct, id: string, props: { queue: Queue; consumer: string }): void {
  addAlarm(scope, id, {
    section: 'a-change-was-not-delivered',
    what: `${props.consumer} was not given a change of its table: every try failed.`,
    metric: props.queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
  });
}

/** Rings when a job fails in each of three periods of five minutes. A single failure is made up for by the next run. */
export function jobAlarm(scope: Construct, id: string, props: { made: LambdaFunction; job: string }): void {
  addAlarm(scope, id, {
    section: 'a-job-keeps-failing',
    what: `${props.job} has been failing for a quarter of an hour: what it looks after is left alone.`,
    metric: props.made.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
    evaluationPeriods: 3,
  });
}

/** Rings when a job has not run for a quarter of an hour: its rule is off, or Lambda has no room for it. */
export function jobMissingAlarm(scope: Construct, id: string, props: { made: LambdaFunction; job: string }): void {
  addAlarm(scope, id, {
    section: 'a-job-keeps-failing',
    what: `${props.job} has not run for a quarter of an hour: what it looks after is left alone.`,
    metric: props.made.metricInvocations({ period: PERIOD, statistic: Stats.SUM }),
    evaluationPeriods: 3,
    isMissing: true,
  });
}

/** No action: who is to be told differs from account to account (docs/runbook.md says how to add one). */
function addAlarm(
  scope: Construct,
  id: string,
  alarm: { section: RunbookSection; what: string; metric: IMetric; evaluationPeriods?: number; isMissing?: true },
): void {
  new Alarm(scope, id, {
    alarmDescription: `${alarm.what} docs/runbook.md#${alarm.section}`,
    metric: alarm.metric,
    threshold: 1,
    comparisonOperator: alarm.isMissing
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    treatMissingData: alarm.isMissing ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}
