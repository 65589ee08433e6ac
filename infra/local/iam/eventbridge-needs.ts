import { anyResource, arnOf, type Body, type NeedsOf, needEach, objectsIn, ownAction, textIn } from './need';

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export const eventBridgeNeeds: Readonly<Record<string, NeedsOf>> = {
  // Conditions ask about the single event, so each is a need of its own.
  PutEvents: (body, sources) =>
    objectsIn(body.Entries).map((entry) => ({
      action: 'events:PutEvents',
      resource: arnOf('events', sources, 'event-bus/', entry.EventBusName ?? 'default'),
      context: { 'events:source': textIn(entry.Source), 'events:detail-type': textIn(entry.DetailType) },
    })),
  StartReplay: (body, sources) => {
    const bus = textIn((body.Destination as Body | undefined)?.Arn);
    const resources = [arnOf('events', sources, 'replay/', body.ReplayName), textIn(body.EventSourceArn), bus];
    return resources.flatMap((resource) => needEach(['events:StartReplay'], resource));
  },
  ...ownAction('events', ['DescribeReplay', 'CancelReplay'], (body, sources) =>
    arnOf('events', sources, 'replay/', body.ReplayName),
  ),
  ...ownAction('events', ['DescribeArchive'], (body, sources) =>
    arnOf('events', sources, 'archive/', body.ArchiveName),
  ),
  ...ownAction('events', ['ListReplays', 'ListArchives', 'ListEventBuses', 'ListRules'], anyResource),
};
