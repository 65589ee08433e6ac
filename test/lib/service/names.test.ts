import { sagas, services } from '../../../functions/services';
import {
  archiveName,
  deadLetterQueueName,
  ENV,
  eventBusName,
  functionName,
  pascalCase,
  queueName,
  ruleName,
  stateMachineName,
  tableName,
} from '../../../lib/service/names';

describe('the name of a resource', () => {
  it('is made of stage, service and part', () => {
    expect(functionName('dev', 'payments', 'charge-payment')).toBe('holdfast-dev-payments-charge-payment');
    expect(tableName('dev', 'orders')).toBe('holdfast-dev-orders');
    expect(stateMachineName('dev', 'place-order')).toBe('holdfast-dev-place-order');
  });

  it('of the bus, its rules and its queues is made in the same way', () => {
    expect([eventBusName('dev'), archiveName('dev')]).toEqual(['holdfast-dev', 'holdfast-dev']);
    expect(ruleName('dev', 'inventory', 'order.confirmed')).toBe('holdfast-dev-inventory-order-confirmed');
    expect(queueName('dev', 'inventory', 'sell-stock')).toBe('holdfast-dev-inventory-sell-stock');
    expect(deadLetterQueueName('dev', 'inventory', 'sell-stock')).toBe(
      'holdfast-dev-inventory-sell-stock-dead-letters',
    );
  });

  it.each([
    ['reserve-stock', 'ReserveStock'],
    ['orders', 'Orders'],
    ['inventory-reserve-stock', 'InventoryReserveStock'],
    ['step-2-of-3', 'Step2Of3'],
  ])('%s is %s in construct ids', (kebab, pascal) => {
    expect(pascalCase(kebab)).toBe(pascal);
  });

  it('is within the limits of AWS for every function, state machine, queue and rule, in a stage of up to ten letters', () => {
    const functions = services.flatMap(({ name, handlers }) =>
      Object.keys(handlers).map((handler) => functionName('production', name, handler)),
    );
    const machines = sagas.map(({ name }) => stateMachineName('production', name));

    const queues = services.flatMap(({ name, handlers }) =>
      Object.keys(handlers).map((handler) => deadLetterQueueName('production', name, handler)),
    );
    const rules = services.flatMap(({ name, handlers }) =>
      Object.values(handlers).flatMap(({ trigger }) =>
        trigger.kind === 'events' ? trigger.consumes.map(({ event }) => ruleName('production', name, event.type)) : [],
      ),
    );

    expect(functions.filter((name) => !/^[a-zA-Z0-9-_]{1,64}$/.test(name))).toEqual([]);
    expect(machines.filter((name) => !/^[a-zA-Z0-9-_]{1,80}$/.test(name))).toEqual([]);
    expect(queues.filter((name) => !/^[a-zA-Z0-9-_]{1,80}$/.test(name))).toEqual([]);
    expect(rules.filter((name) => !/^[a-zA-Z0-9-_]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(functions).size).toBe(functions.length);
    expect(new Set(rules).size).toBe(rules.length);
  });
});

describe('an environment variable of a function', () => {
  it('is named after its saga or outside party', () => {
    expect(ENV.stateMachineArn('place-order')).toBe('STATE_MACHINE_ARN_PLACE_ORDER');
    expect(ENV.partyUrl('provider')).toBe('PROVIDER_URL');
    expect(ENV.partySecretArn('provider')).toBe('PROVIDER_SECRET_ARN');
  });

  it('has a name that Lambda takes, for every saga and party', () => {
    const roles = services.flatMap(({ parties }) => Object.keys(parties ?? {}));
    const names = [
      ...sagas.map(({ name }) => ENV.stateMachineArn(name)),
      ...roles.flatMap((role) => [ENV.partyUrl(role), ENV.partySecretArn(role)]),
      ...Object.values(ENV).filter((name) => typeof name === 'string'),
    ];

    expect(names.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name) || /^AWS_/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
