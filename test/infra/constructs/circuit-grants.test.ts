import { services } from '../../../functions/services';
import { keeperOf } from '../../../infra/constructs/circuit-grants';
import { loadAssembly } from '../../../infra/local/cloud-assembly/cloud-assembly';
import { needsOf } from '../../../infra/local/iam/needs';
import { provisionAccess } from '../../../infra/local/resources/iam';
import { partitionKeys } from '../../../infra/local/resources/lookups';
import { resourceTypes } from '../../../infra/local/resources/resource-types';
import { listDeclaredCircuits } from '../../../lib/service/declared-circuits';
import { tableName } from '../../../lib/service/names';
import { ASSEMBLY_KINDS, assemblyDirectory } from '../../support/assembly';
import { Templates } from '../templates';

const handlers = services.flatMap(({ name: service, handlers }) =>
  Object.entries(handlers).map(([handler, contract]) => ({ service, handler, contract })),
);
const callers = handlers.filter(({ contract }) => contract.party !== undefined);
const lookers = handlers.filter(({ contract }) => contract.circuits);

describe('the circuits of the system', () => {
  it('are kept by one service', () => {
    expect(keeperOf(services).name).toBe('circuits');
    expect(() => keeperOf([])).toThrow('exactly one service must keep the circuits, got 0');
    expect(() => keeperOf([...services, ...services])).toThrow('exactly one service must keep the circuits, got 2');
  });

  it('are one for each party, and each has a name of its own', () => {
    const names = listDeclaredCircuits(services).map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['payments-provider', 'shipping-carrier', 'notifications-sender']));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(ASSEMBLY_KINDS)('who uses circuits in the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const variablesOf = (service: string, handler: string) =>
    templates.functionOf(service, handler).Properties.Environment.Variables;

  it('is there', () => {
    expect(callers.length).toBeGreaterThan(3);
    expect(lookers.length).toBeGreaterThan(1);
  });

  it.each(callers)('$service/$handler is told the table', ({ service, handler }) => {
    expect(variablesOf(service, handler).CIRCUITS_TABLE_NAME).toBe(tableName(templates.stage, 'circuits'));
  });

  it.each(lookers)('$service/$handler is told every circuit that contracts declare', ({ service, handler }) => {
    const expected = services.flatMap(({ name, parties = {} }) =>
      Object.keys(parties).map((role) => `${name}/${role}`),
    );

    expect(variablesOf(service, handler).CIRCUITS.split(',').sort()).toEqual(expected.sort());
  });

  it('are the only ones that are told either', () => {
    const told = templates
      .resources('AWS::Lambda::Function')
      .filter(({ Properties: p }) => /CIRCUITS/.test(JSON.stringify(p.Environment)));

    expect(told).toHaveLength(callers.length + lookers.length);
  });
});

describe('a function that calls a party', () => {
  const place = { region: 'us-east-1', accountId: '000000000000' };
  const resources = readResources();
  const access = provisionAccess(resources, place);
  const sources = {
    ...place,
    secretArn: (id: string) => id,
    streamArnOf: () => '*',
    partitionKeyOf: partitionKeys(resources),
    sourceQueueArns: () => [],
  };

  function readResources() {
    const types = resourceTypes({ apiUrl: 'http://api', awsUrl: 'http://aws' });
    return loadAssembly(assemblyDirectory('dev'), place, types).stacks.flatMap((stack) => stack.resources);
  }

  const TableName = 'holdfast-dev-circuits';
  const REQUESTS: Readonly<Record<string, (service: string) => object>> = {
    Query: (service) => ({
      KeyConditionExpression: '#service = :service',
      ExpressionAttributeNames: { '#service': 'service' },
      ExpressionAttributeValues: { ':service': { S: service } },
    }),
    UpdateItem: (service) => ({ Key: { service: { S: service }, circuit: { S: 'provider' } } }),
    GetItem: (service) => ({ Key: { service: { S: service }, circuit: { S: 'provider' } } }),
    PutItem: (service) => ({ Item: { service: { S: service }, circuit: { S: 'provider' } } }),
    DeleteItem: (service) => ({ Key: { service: { S: service }, circuit: { S: 'provider' } } }),
    Scan: () => ({}),
  };

  function ask(operation: string, service: string): void {
    const { Properties } = new Templates('dev').functionOf('payments', 'charge-payment');
    const made = resources.find(({ physicalName }) => physicalName === Properties.FunctionName);
    const principal = { kind: 'role', roleArn: String(made?.properties.Role), sessionName: 'test' } as const;
    const body = { TableName, ...REQUESTS[operation]?.(service) };
    for (const need of needsOf('DynamoDB_20120810', operation, body, sources)) access.check({ principal, ...need });
  }

  it.each(['Query', 'UpdateItem'])('may %s the circuits of its own service, and of no other', (operation) => {
    expect(() => ask(operation, 'payments')).not.toThrow();
    expect(() => ask(operation, 'shipping')).toThrow(`is not authorized to perform: dynamodb:${operation}`);
    expect(() => ask(operation, '')).toThrow('is not authorized');
  });

  it.each(['GetItem', 'PutItem', 'DeleteItem', 'Scan'])('may not %s at all', (operation) => {
    expect(() => ask(operation, 'payments')).toThrow(`is not authorized to perform: dynamodb:${operation}`);
  });
});
