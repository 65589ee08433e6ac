import { services } from '../../../functions/services';
import { listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName, eventBusName, queueName, ruleName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { placeOf, Templates } from '../templates';

const consumers = listConsumers(services).flatMap(({ service, handler, contract: { trigger } }) =>
  trigger.kind === 'events' ? [{ service, handler, trigger }] : [],
);
const subscriptions = consumers.flatMap(({ service, handler, trigger }) =>
  trigger.consumes.map(({ event }) => ({ service, handler, event })),
);

describe.each(ASSEMBLY_KINDS)('the events of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const rules = templates.resources('AWS::Events::Rule').filter(({ Properties: p }) => p.EventPattern);
  const ruleOf = (service: string, type: string) => {
    const found = rules.filter(({ Properties: p }) => p.Name === ruleName(templates.stage, service, type));
    if (found.length !== 1 || !found[0]) throw new Error(`${service} has ${found.length} rules for ${type}`);
    return found[0];
  };

  it('have a rule for every type that a service consumes, and no other', () => {
    expect(subscriptions.length).toBeGreaterThan(consumers.length);
    expect(rules).toHaveLength(subscriptions.length);
  });

  describe.each(subscriptions)('$event.type for $service/$handler', ({ service, handler, event }) => {
    const rule = ruleOf(service, event.type);
    const queue = templates.queueNamed(queueName(templates.stage, service, handler));
    const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));

    it('is taken from its owner on the bus of the stage', () => {
      expect(rule.Properties).toMatchObject({
        EventBusName: eventBusName(templates.stage),
        EventPattern: { source: [event.source], 'detail-type': [event.type] },
        State: 'ENABLED',
      });
    });

    it("goes into the consumer's queue as it is, and among its dead letters when it cannot", () => {
      const [target, ...others] = rule.Properties.Targets;

      expect(others).toEqual([]);
      expect(Object.keys(target).sort()).toEqual(['Arn', 'DeadLetterConfig', 'Id']);
      expect(templates.target(rule.stack, target.Arn)).toBe(`${placeOf(queue)}.Arn`);
      expect(templates.target(rule.stack, target.DeadLetterConfig.Arn)).toBe(`${placeOf(deadLetters)}.Arn`);
    });

    it('is not sent before the function knows it', () => {
      expect(rule.DependsOn).toContain(templates.functionOf(service, handler).id);
    });

    it('is not sent before both queues let its rule in', () => {
      const policies = templates
        .resources('AWS::SQS::QueuePolicy', rule.stack)
        .filter(({ Properties: p }) =>
          [queue, deadLetters].map(placeOf).includes(templates.target(rule.stack, p.Queues[0])),
        )
        .map(({ id }) => id);

      expect(policies).toHaveLength(2);
      expect(rule.DependsOn).toEqual(expect.arrayContaining(policies));
    });
  });

  describe.each(consumers)('$service/$handler', ({ service, handler, trigger }) => {
    const names = [queueName, deadLetterQueueName].map((nameOf) => nameOf(templates.stage, service, handler));

    it.each(names)('lets EventBridge send to %s for its own rules and for nobody else', (name) => {
      const queue = templates.queueNamed(name);
      const admitted = templates.queueStatements(queue).filter(({ Effect }) => Effect === 'Allow');
      const prefix = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule`;
      const arns = trigger.consumes.map(
        ({ event }) => `${prefix}/${eventBusName(templates.stage)}/${ruleName(templates.stage, service, event.type)}`,
      );

      expect(admitted).toHaveLength(1);
      const [{ Condition, ...statement }] = admitted;
      expect(statement).toEqual({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      });
      expect(Object.keys(Condition)).toEqual(['ArnEquals']);
      const sources: unknown[] = [Condition.ArnEquals['aws:SourceArn']].flat();
      expect(sources.map((arn) => templates.text(queue.stack, arn)).sort()).toEqual(arns.sort());
    });

    it('takes as many events at once as its contract says', () => {
      expect(templates.mappingsOf(service, handler)).toEqual({
        sqs: expect.objectContaining({
          Properties: expect.objectContaining({
            BatchSize: trigger.batchSize,
            ScalingConfig: { MaximumConcurrency: trigger.maximumConcurrency },
          }),
        }),
      });
    });

    it('is told where it puts what it can never take', () => {
      const { stack, Properties } = templates.functionOf(service, handler);
      const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, service, handler));

      expect(templates.target(stack, Properties.Environment.Variables.DEAD_LETTER_QUEUE_URL)).toBe(
        placeOf(deadLetters),
      );
    });
  });
});
