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
  const what = section === 'a-saga-failed' ? 'was parked or broke off' : 'could not be undone to the end';
  addAlarm(scope, id, {
    section,
    what: `An execution of the saga ${saga.name} ${what}: nobody goes on with it by itself.`,
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

/** No action: who is to be told differs from account to account (docs/runbook.md says how to add one). */
function addAlarm(
  scope: Construct,
  id: string,
  alarm: { section: RunbookSection; what: string; metric: IMetric; evaluationPeriods?: number },
): void {
  new Alarm(scope, id, {
    alarmDescription: `${alarm.what} docs/runbook.md#${alarm.section}`,
    metric: alarm.metric,
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
