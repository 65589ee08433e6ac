import { services } from '../../../functions/services';
import type { ScheduleTrigger } from '../../../lib/service/contract';
import { deadLetterQueueName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const jobs = services.flatMap(({ name, handlers }) =>
  Object.entries(handlers).flatMap(([handler, { trigger }]) =>
    trigger.kind === 'schedule' ? [{ service: name, handler, trigger: trigger as ScheduleTrigger }] : [],
  ),
);

describe.each(ASSEMBLY_KINDS)('the schedules of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const scheduled = templates.resources('AWS::Events::Rule').filter(({ Properties: p }) => p.ScheduleExpression);
  const find = (type: string, made: PlacedResource) =>
    templates.resources(type, made.stack).filter(({ stack, Properties: p }) => {
      const named = p.FunctionName ?? p.Targets?.[0]?.Arn;
      return templates.target(stack, named).replace(/\.Arn$/, '') === placeOf(made);
    });

  it('run exactly the handlers with a schedule trigger', () => {
    expect(jobs.length).toBeGreaterThan(0);
    expect(scheduled).toHaveLength(jobs.length);
  });

  describe.each(jobs)('$service/$handler', ({ service, handler, trigger }) => {
    const made = templates.functionOf(service, handler);
    const [rule] = find('AWS::Events::Rule', made);

    it('runs as often as its contract says', () => {
      const minutes = trigger.everyMinutes;

      expect(rule?.Properties).toMatchObject({ State: 'ENABLED' });
      expect(rule?.Properties.ScheduleExpression).toBe(minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);
    });

    it('is invoked by its rule and by nobody else', () => {
      const permissions = find('AWS::Lambda::Permission', made).map(({ stack, Properties: p }) => [
        p.Action,
        p.Principal,
        templates.target(stack, p.SourceArn),
      ]);

      expect(permissions).toEqual([['lambda:InvokeFunction', 'events.amazonaws.com', `${rule && placeOf(rule)}.Arn`]]);
    });

    it('is not repeated when it fails, nor run late: the next run does it all', () => {
      const [config] = find('AWS::Lambda::EventInvokeConfig', made);

      expect(rule?.Properties.Targets).toHaveLength(1);
      expect(rule?.Properties.Targets[0].RetryPolicy).toEqual({ MaximumRetryAttempts: 0 });
      expect(config?.Properties).toMatchObject({
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: trigger.everyMinutes * 60,
      });
    });

    it('leaves a dead letter for a run that failed, was never started, or was not even accepted', () => {
      const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));
      const [config] = find('AWS::Lambda::EventInvokeConfig', made);
      const destination = config?.Properties.DestinationConfig.OnFailure.Destination;
      const [target] = rule?.Properties.Targets ?? [];

      expect(templates.target(made.stack, destination)).toBe(`${placeOf(deadLetters)}.Arn`);
      expect(templates.target(made.stack, target.DeadLetterConfig.Arn)).toBe(`${placeOf(deadLetters)}.Arn`);
    });

    it('has dead letters of its rule and its function only', () => {
      const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));
      const admitted = templates.queueStatements(deadLetters).filter(({ Effect }) => Effect === 'Allow');

      expect(admitted).toEqual([
        expect.objectContaining({
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule?.id, 'Arn'] } } },
        }),
      ]);
    });

    it('runs once more for each letter that is sent again', () => {
      const { sqs, dynamodb } = templates.mappingsOf(service, handler);

      expect(dynamodb).toBeUndefined();
      expect(sqs?.Properties).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    });

    it('ends before it begins again', () => {
      expect(made.Properties.Timeout).toBeLessThan(trigger.everyMinutes * 60);
    });
  });
});
