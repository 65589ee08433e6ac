import { services } from '../../../functions/services';
import { listConsumers } from '../../../lib/service/consumers';
import { deadLetterQueueName, eventBusName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS } from '../../support/assembly';
import { Templates } from '../templates';

const handlers = services.flatMap(({ name, handlers }) =>
  Object.entries(handlers).map(([handler, contract]) => ({ service: name, handler, contract })),
);
const lookers = handlers.filter(({ contract }) => contract.deadLetters !== undefined);
const replayers = handlers.filter(({ contract }) => contract.replays);

describe.each(ASSEMBLY_KINDS)("the operators' handlers of the %s assembly", (kind) => {
  const templates = new Templates(kind);
  const variablesOf = (service: string, handler: string) => {
    const { stack, Properties } = templates.functionOf(service, handler);
    return { stack, variables: Properties.Environment.Variables };
  };

  it('are there', () => {
    expect(lookers.map(({ contract }) => contract.deadLetters).sort()).toEqual(['read', 'redrive']);
    expect(replayers).toHaveLength(1);
  });

  it.each(lookers)('$service/$handler is told every consumer that has dead letters', ({ service, handler }) => {
    const names: string = variablesOf(service, handler).variables.DEAD_LETTER_QUEUES;
    const deadLetters = templates
      .resources('AWS::SQS::Queue')
      .map(({ Properties: p }) => p.QueueName)
      .filter((name) => name.endsWith('-dead-letters'));

    expect(
      names
        .split(',')
        .map((name) => templates.stackName(`${name}-dead-letters`))
        .sort(),
    ).toEqual(deadLetters.sort());
    expect(deadLetters).toEqual(
      expect.arrayContaining(
        listConsumers(services).map((one) => deadLetterQueueName(templates.stage, one.service, one.handler)),
      ),
    );
  });

  it.each(replayers)('$service/$handler is told the bus that it replays to', ({ service, handler }) => {
    const { stack, variables } = variablesOf(service, handler);

    expect(templates.text(stack, variables.EVENT_BUS_ARN)).toBe(
      `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${eventBusName(templates.stage)}`,
    );
  });

  it('are the only ones that know of either', () => {
    const knowing = templates
      .resources('AWS::Lambda::Function')
      .filter(({ Properties: p }) => /DEAD_LETTER_QUEUES|EVENT_BUS_ARN/.test(JSON.stringify(p.Environment)));

    expect(knowing).toHaveLength(lookers.length + replayers.length);
  });
});
