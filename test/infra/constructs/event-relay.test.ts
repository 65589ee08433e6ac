import { services } from '../../../functions/services';
import { deadLetterQueueName, eventBusName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { placeOf, Templates } from '../templates';

const relays = services.flatMap(({ name, events = [], handlers }) =>
  Object.entries(handlers)
    .filter(([, { trigger }]) => trigger.kind === 'relay')
    .map(([handler]) => ({ service: name, handler, types: events.map(({ type }) => type) })),
);

describe.each(ASSEMBLY_KINDS)('the relays of the %s assembly', (kind) => {
  const templates = new Templates(kind);

  it('are one for each service that tells events', () => {
    const telling = services.filter(({ events = [] }) => events.length > 0).map(({ name }) => name);

    expect(relays.map(({ service }) => service)).toEqual(telling);
  });

  it('are the only ones that may put events on the bus, each those of its own service', () => {
    const puts = templates
      .resources('AWS::IAM::Role')
      .flatMap((role) => templates.statementsOf(role))
      .filter(({ actions }) => actions.includes('events:PutEvents'))
      .map(({ conditions }) => conditions);

    expect(puts).toHaveLength(relays.length);
    expect(puts).toEqual(
      expect.arrayContaining(
        relays.map(({ service, types }) => ({
          StringEquals: { 'events:source': service, 'events:detail-type': types },
        })),
      ),
    );
  });

  it.each(relays)('$service/$handler is told the bus, and where it puts what can never be told', (relay) => {
    const { stack, Properties } = templates.functionOf(relay.service, relay.handler);
    const deadLetters = templates.queueNamed(deadLetterQueueName(templates.stage, relay.service, relay.handler));
    const { EVENT_BUS_NAME, DEAD_LETTER_QUEUE_URL } = Properties.Environment.Variables;

    expect(EVENT_BUS_NAME).toBe(eventBusName(templates.stage));
    expect(templates.target(stack, DEAD_LETTER_QUEUE_URL)).toBe(placeOf(deadLetters));
  });
});
