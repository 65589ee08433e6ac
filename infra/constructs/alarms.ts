import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Saga } from '../../lib/saga/saga';
import { CIRCUIT_METRIC } from '../../lib/service/names';

const PERIOD = Duration.minutes(5);

/** A section of docs/runbook.md: its heading as a link names it. */
type RunbookSection =
  | 'a-saga-failed'
  | 'an-undo-failed'
  | 'dead-letters-wait'
  | 'a-stream-is-not-followed'
  | 'a-queue-is-not-emptied'
  | 'a-job-keeps-failing'
  | 'a-circuit-is-open';

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

/** Rings while a consumer's dead-letter queue holds anything. */
export function deadLettersAlarm(scope: Construct, id: string, props: { deadLetters: Queue; consumer: string }): void {
  addAlarm(scope, id, {
    section: 'dead-letters-wait',
    what: `${props.consumer} could not take what lies in its dead-letter queue: every try failed, or none could help.`,
    metric: lettersIn(props.deadLetters),
  });
}

/** Rings when three runs of a job have failed within the hour for which its letters are kept. */
export function jobLettersAlarm(scope: Construct, id: string, props: { deadLetters: Queue; job: string }): void {
  addAlarm(scope, id, {
    section: 'a-job-keeps-failing',
    what: `Three runs or more of ${props.job} have failed within an hour.`,
    metric: lettersIn(props.deadLetters),
    threshold: 3,
  });
}

/**
 * Rings when what a consumer reads of a stream is five minutes old: it fails again and again, or cannot follow. Long before
 * the stream forgets, which is after 24 hours.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function iteratorAgeAlarm(
  scope: Construct,
  id: string,
  props: { made: LambdaFunction; consumer: string },
): void {
  addAlarm(scope, id, {
    section: 'a-stream-is-not-followed',
    what: `${props.consumer} is five minutes or more behind the changes of its table.`,
    metric: props.made.metric('IteratorAge', { period: PERIOD, statistic: Stats.MAXIMUM }),
    threshold: Duration.minutes(5).toMilliseconds(),
  });
}

/**
 * Rings when an event has been waiting for five minutes: its consumer is off, throttled, too slow, or fails again and again. SQS looks at a
 * message no more that was received three times, which a failing consumer does within two hiding times: the alarm must be shorter.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function waitingMessagesAlarm(scope: Construct, id: string, props: { queue: Queue; consumer: string }): void {
  addAlarm(scope, id, {
    section: 'a-queue-is-not-emptied',
    what: `An event has been waiting for ${props.consumer} for five minutes or more.`,
    metric: props.queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: Stats.MAXIMUM }),
    threshold: Duration.minutes(5).toSeconds(),
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

/**
 * Rings when a circuit has opened, or a probe has failed, within five minutes. Instances say so in their log, from which CloudWatch
 * takes the metric; the one that made the change says it, so that each counts once.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function circuitAlarm(scope: Construct, id: string, { circuit }: { circuit: string }): void {
  const { namespace, opened, dimension } = CIRCUIT_METRIC;
  addAlarm(scope, id, {
    section: 'a-circuit-is-open',
    what: `The circuit ${circuit} is open: the party behind it fails, and is not called but for a probe now and then.`,
    metric: new Metric({
      namespace,
      metricName: opened,
      dimensionsMap: { [dimension]: circuit },
      period: PERIOD,
      statistic: Stats.SUM,
    }),
  });
}

function lettersIn(queue: Queue): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM });
}

interface AlarmProps {
  readonly section: RunbookSection;
  /** One sentence. */
  readonly what: string;
  readonly metric: IMetric;
  /** Default 1. */
  readonly threshold?: number;
  /** Default 1. */
  readonly evaluationPeriods?: number;
  /** Rings when there is less than the threshold, or nothing. */
  readonly isMissing?: true;
}

/** No action: who is to be told differs from account to account (docs/runbook.md says how to add one). */
function addAlarm(scope: Construct, id: string, alarm: AlarmProps): void {
  new Alarm(scope, id, {
    alarmDescription: `${alarm.what} docs/runbook.md#${alarm.section}`,
    metric: alarm.metric,
    threshold: alarm.threshold ?? 1,
    comparisonOperator: alarm.isMissing
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    treatMissingData: alarm.isMissing ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}
