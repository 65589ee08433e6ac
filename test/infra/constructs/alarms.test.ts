import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../../../functions/services';
import { type Consumer, listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName, queueName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
const sections = runbook.split(/^### /m).slice(1);

/** A heading as GitHub names it in a link. */
const anchorOf = (section: string) => (section.split('\n')[0] ?? '').toLowerCase().replaceAll(' ', '-');
const sectionOf = ({ Properties: p }: PlacedResource) => String(p.AlarmDescription).split('docs/runbook.md#')[1];

/** What an alarm looks at, one line for each metric: its name and the resource that it is of. */
function metricsOf(templates: Templates, { stack, Properties: p }: PlacedResource): string[] {
  const metrics: Array<{ MetricName: string; Dimensions: Array<{ Value: unknown }> }> = p.Metrics
    ? p.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: object } }) => MetricStat?.Metric ?? [])
    : [p];
  return metrics.map(({ MetricName, Dimensions }) => {
    const of = Dimensions.map(({ Value }) => templates.target(stack, Value).replace(/\.QueueName$/, ''));
    return `${MetricName} ${of.join(' ')}`;
  });
}

describe.each(ASSEMBLY_KINDS)('the alarms of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const alarms = templates.resources('AWS::CloudWatch::Alarm');
  const looksAt = (metric: string) =>
    alarms.flatMap((alarm) => metricsOf(templates, alarm)).filter((line) => line.startsWith(metric));
  const ofType = (type: string) => templates.resources(type);

  it('ring for every standard state machine that ends without success, in whatever way', () => {
    const standard = ofType('AWS::StepFunctions::StateMachine').filter(
      ({ Properties: p }) => p.StateMachineType === 'STANDARD',
    );

    expect(standard.length).toBeGreaterThan(1);
    for (const metric of ['ExecutionsTimedOut', 'ExecutionsAborted']) {
      expect(looksAt(metric)).toEqual(standard.map((machine) => `${metric} ${placeOf(machine)}`));
    }
  });

  it('ring for every state machine that parks an order, Express ones included', () => {
    const machines = ofType('AWS::StepFunctions::StateMachine');

    expect(looksAt('ExecutionsFailed').sort()).toEqual(
      machines.map((machine) => `ExecutionsFailed ${placeOf(machine)}`).sort(),
    );
  });

  it('ring for every job that has not run for a quarter of an hour', () => {
    const missing = alarms.filter(({ Properties: p }) => p.MetricName === 'Invocations');

    expect(missing).toHaveLength(looksAt('Errors').length);
    for (const { Properties: p } of missing) {
      expect(p).toMatchObject({
        ComparisonOperator: 'LessThanThreshold',
        EvaluationPeriods: 3,
        TreatMissingData: 'breaching',
      });
    }
  });

  it('take up the sum of those: one of them is enough', () => {
    const ofMachines = alarms.filter(({ Properties: p }) => p.Metrics);

    for (const { Properties: p } of ofMachines) {
      const [sum, ...parts] = p.Metrics;
      expect(sum).toMatchObject({ ReturnData: true, Expression: 'SUM([failed, timedOut, aborted])' });
      expect(
        parts.map(({ Id, ReturnData, MetricStat }: { [name: string]: unknown }) => [Id, ReturnData, MetricStat]),
      ).toEqual([
        ['failed', false, expect.objectContaining({ Stat: 'Sum', Period: 300 })],
        ['timedOut', false, expect.objectContaining({ Stat: 'Sum', Period: 300 })],
        ['aborted', false, expect.objectContaining({ Stat: 'Sum', Period: 300 })],
      ]);
    }
  });

  const consumers = listConsumers(services);
  const kindOf = ({ contract }: Consumer) => contract.trigger.kind;
  const queueOf = ({ service, handler }: Consumer, nameOf = queueName) =>
    placeOf(templates.queueNamed(nameOf(templates.stage, service, handler)));
  const thresholds = (metric: string) =>
    alarms.filter(({ Properties: p }) => p.MetricName === metric).map(({ Properties: p }) => p.Threshold);

  it('ring for every dead-letter queue that holds anything; for one of a job, when three runs have failed', () => {
    const ringing = (threshold: number) =>
      alarms
        .filter(({ Properties: p }) => p.Threshold === threshold)
        .flatMap((alarm) => metricsOf(templates, alarm))
        .filter((line) => line.startsWith('ApproximateNumberOfMessagesVisible'));
    const expected = (isJob: boolean) =>
      consumers
        .filter((consumer) => (kindOf(consumer) === 'schedule') === isJob)
        .map((consumer) => `ApproximateNumberOfMessagesVisible ${queueOf(consumer, deadLetterQueueName)}`);

    expect(ringing(1).sort()).toEqual(expected(false).sort());
    expect(ringing(3).sort()).toEqual(expected(true).sort());
  });

  it('ring for every stream that is not followed within five minutes', () => {
    const following = consumers
      .filter((consumer) => ['stream', 'relay'].includes(kindOf(consumer)))
      .map(({ service, handler }) => `IteratorAge ${placeOf(templates.functionOf(service, handler))}`);

    expect(looksAt('IteratorAge').sort()).toEqual(following.sort());
    expect(thresholds('IteratorAge')).toEqual(following.map(() => 5 * 60_000));
  });

  it('ring for every queue in which an event waits, long before it becomes a dead letter', () => {
    const waiting = consumers.filter((consumer) => kindOf(consumer) === 'events');

    expect(looksAt('ApproximateAgeOfOldestMessage').sort()).toEqual(
      waiting.map((consumer) => `ApproximateAgeOfOldestMessage ${queueOf(consumer)}`).sort(),
    );
    for (const { service, handler } of waiting) {
      const { VisibilityTimeout, RedrivePolicy } = templates.queueNamed(
        queueName(templates.stage, service, handler),
      ).Properties;
      const [threshold] = new Set(thresholds('ApproximateAgeOfOldestMessage'));
      // A message that was received a third time is not in the metric any more.
      expect(threshold).toBeLessThan(2 * VisibilityTimeout);
      expect(RedrivePolicy.maxReceiveCount).toBeGreaterThan(3);
    }
  });

  it('ring for every circuit that a contract declares, by its name', () => {
    const circuits = services.flatMap(({ name, parties = {} }) =>
      Object.keys(parties).map((role) => `CircuitOpened ${name}-${role}`),
    );
    const ofCircuits = alarms.filter(({ Properties: p }) => p.Namespace === 'Holdfast');

    expect(circuits.length).toBeGreaterThan(2);
    expect(looksAt('CircuitOpened').sort()).toEqual(circuits.sort());
    expect(ofCircuits).toHaveLength(circuits.length);
    for (const { Properties: p } of ofCircuits) {
      expect(p).toMatchObject({ Threshold: 1, Statistic: 'Sum', Dimensions: [{ Name: 'Circuit' }] });
    }
  });

  it('ring for every job that fails again and again, and not for a single failure', () => {
    const jobs = ofType('AWS::Events::Rule').filter(({ Properties: p }) => p.ScheduleExpression);
    const targets = jobs.map(({ stack, Properties: p }) =>
      templates.target(stack, p.Targets[0].Arn).replace(/\.Arn$/, ''),
    );
    const ofJobs = alarms.filter(({ Properties: p }) => p.MetricName === 'Errors');

    expect(looksAt('Errors').map((line) => line.split(' ')[1])).toEqual(targets);
    for (const { Properties: p } of ofJobs) expect(p).toMatchObject({ EvaluationPeriods: 3, Statistic: 'Sum' });
  });

  it('ring within five minutes, from one on where failures are counted, and are silent where nothing is', () => {
    for (const { Properties: p } of alarms.filter(({ Properties }) => Properties.MetricName !== 'Invocations')) {
      if (p.Metrics || p.Namespace === 'AWS/States' || p.MetricName === 'Errors') expect(p.Threshold).toBe(1);
      expect(p).toMatchObject({
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
      expect(p.Metrics ? 300 : p.Period).toBe(300);
      if (p.MetricName !== 'Errors') expect(p.EvaluationPeriods).toBe(1);
    }
  });

  it('say in one sentence what happened, and which section of the runbook tells what to do', () => {
    for (const alarm of alarms) {
      expect(alarm.Properties.AlarmDescription).toMatch(/^[^.]+\. docs\/runbook\.md#[a-z-]+$/);
      expect(sections.map(anchorOf)).toContain(sectionOf(alarm));
    }
  });

  it('have no action, because who is to be told differs from account to account', () => {
    for (const { Properties: p } of alarms) expect(p.AlarmActions).toBeUndefined();
  });
});

describe('docs/runbook.md', () => {
  it('says of every dead-letter queue what lies in it and what sending it again does', () => {
    const section = sections.find((candidate) => anchorOf(candidate) === 'dead-letters-wait') ?? '';
    const rows = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);

    expect(rows.sort()).toEqual(
      listConsumers(services)
        .map(({ service, handler }) => `${service}-${handler}`)
        .sort(),
    );
  });

  const named = ASSEMBLY_KINDS.flatMap((kind) => new Templates(kind).resources('AWS::CloudWatch::Alarm')).map(
    sectionOf,
  );

  it('has a section for each kind of alarm, and for nothing else', () => {
    expect(sections.map(anchorOf).sort()).toEqual([...new Set(named)].sort());
  });

  it.each(sections.map((section) => [anchorOf(section), section]))(
    'says of %s what it means, where to look, what to do and when it is over',
    (_, section) => {
      const parts = [...section.matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, part]) => part);

      expect(parts).toEqual(['What it means.', 'Look here.', 'Do this.', 'Over when']);
    },
  );
});
