import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { EventsTrigger } from '../../lib/service/contract';
import { ENV, eventBusName, pascalCase, ruleName } from '../../lib/service/names';
import { deadLettersAlarm, waitingMessagesAlarm } from './alarms';
import { ruleArn } from './arns';
import { ConsumerQueues } from './consumer-queues';
import type { ServiceFunction } from './service-function';

/**
 * Feeds a function with events of the bus, through a queue of its own: one rule for each type. EventBridge tries for a day to
 * put an event into the queue; what it cannot deliver is a dead letter like what the function cannot take.
 *
 * Rules come after what lets them into the queues, so that the first event is not refused by both, and after the function, so that no new
 * type comes to code that does not know it yet and lets it go.
 */
export class EventConsumer extends Construct {
  constructor(scope: Construct, id: string, props: { consumer: ServiceFunction; trigger: EventsTrigger }) {
    super(scope, id);
    const { consumer, trigger } = props;
    const { service, settings } = consumer.props;
    const { stage } = settings;
    const { batchSize, maximumConcurrency } = trigger;
    const queues = new ConsumerQueues(this, 'Queues', { consumer, batchSize, maximumConcurrency });
    const { queue, deadLetters } = queues;
    queues.admitRules(trigger.consumes.map(({ event }) => ruleArn(this, stage, service, event.type)));
    const eventBus = EventBus.fromEventBusName(this, 'Bus', eventBusName(stage));
    const target = { arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queueArn } };
    for (const { event } of trigger.consumes) {
      const rule = new Rule(this, pascalCase(event.type.replaceAll('.', '-')), {
        ruleName: ruleName(stage, service, event.type),
        description: `Gives ${event.type} to ${consumer.title}`,
        eventBus,
        eventPattern: { source: [event.source], detailType: [event.type] },
        // The CDK's own target would grant more, to one rule after the other.
        targets: [{ bind: () => target }],
      });
      rule.node.addDependency(queues, consumer.function);
    }
    consumer.setEnvironment(ENV.deadLetterQueueUrl, deadLetters.queueUrl);
    deadLettersAlarm(this, 'DeadLettersWaiting', { deadLetters, consumer: consumer.title });
    waitingMessagesAlarm(this, 'Behind', { queue, consumer: consumer.title });
  }
}
