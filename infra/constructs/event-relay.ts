import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { RelayTrigger } from '../../lib/service/contract';
import type { EventContract } from '../../lib/service/event-contract';
import { ENV, eventBusName } from '../../lib/service/names';
import { eventBusArn } from './arns';
import type { ServiceFunction } from './service-function';
import { StreamConsumer } from './stream-consumer';

export interface EventRelayProps {
  readonly consumer: ServiceFunction;
  readonly table: TableV2;
  readonly trigger: RelayTrigger;
  /** The events of the service. */
  readonly events: readonly EventContract[];
}

/**
 * Feeds a function with the events that its service has written into the items of its table, and lets it put these, and no others,
 * on the bus: it can speak for no other service.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export class EventRelay extends Construct {
  constructor(scope: Construct, id: string, props: EventRelayProps) {
    super(scope, id);
    const { consumer, table, trigger, events } = props;
    const { service, settings } = consumer.props;
    const { deadLetters } = new StreamConsumer(this, 'Stream', { consumer, table, trigger });
    consumer.allow(['events:PutEvents'], [eventBusArn(this, settings.stage)], {
      StringEquals: { 'events:source': service, 'events:detail-type': events.map(({ type }) => type) },
    });
    consumer.setEnvironment(ENV.eventBusName, eventBusName(settings.stage));
    // What no try will ever bring onto the bus, it puts aside itself.
    consumer.setEnvironment(ENV.deadLetterQueueUrl, deadLetters.queueUrl);
  }
}
