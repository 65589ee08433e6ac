import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../../functions/services';
import { listConsumers } from '../../lib/service/consumers';
import { deadLetterQueueName, functionName, pascalCase, queueName, ruleName } from '../../lib/service/names';
import { ASSEMBLY_KINDS, assemblyDirectory, readStacks } from '../support/assembly';
import { Templates, valuesOf } from './templates';

const LONGEST_STAGE = 'x'.repeat(12);
const withTable = services.filter(({ table }) => table !== undefined);
const standIns = services.filter(({ standIn }) => standIn);

describe.each(ASSEMBLY_KINDS)('the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stacks = readStacks(kind);
  const deployed = services.filter(({ standIn }) => !(standIn && kind === 'ownParties'));

  it('has the platform, a stack for every service, the sagas and the API', () => {
    const names = ['platform', ...deployed.map(({ name }) => name), 'saga', 'api'];

    expect(stacks.map(({ name }) => name).sort()).toEqual(names.map((name) => templates.stackName(name)).sort());
  });

  it('can be deployed stack after stack: no stack needs itself, however indirectly', () => {
    expect(inOrderOfDeployment(stacks).sort()).toEqual(stacks.map(({ name }) => name).sort());
  });

  it('deploys who tells events after all who react to them, and a relay before what writes for it', () => {
    const links = listConsumers(deployed).flatMap(({ service, contract: { trigger } }) =>
      trigger.kind === 'events' ? trigger.consumes.map(({ event }) => [event.source, service] as const) : [],
    );
    const early = links.filter(([publisher, consumer]) => {
      const stack = stacks.find(({ name }) => name === templates.stackName(publisher));
      return !stack?.dependencies.includes(templates.stackName(consumer));
    });
    const unordered = deployed
      .filter(({ events = [] }) => events.length > 0)
      .flatMap(({ name, handlers }) => {
        const relay = templates.functionOf(name, 'relay-events').id;
        const others = Object.keys(handlers).filter((handler) => handler !== 'relay-events');
        return others.filter((handler) => !templates.functionOf(name, handler).DependsOn?.includes(relay));
      });

    expect(links.length).toBeGreaterThan(3);
    expect(early).toEqual([]);
    expect(unordered).toEqual([]);
  });

  it('imports only what a stack that is deployed before exports', () => {
    for (const { name, dependencies } of stacks) {
      const imports = valuesOf(templates.byStack.get(name), 'Fn::ImportValue') as string[];
      const exporters = imports.map(
        (imported) => templates.findExport(imported)?.stack ?? `nobody exports ${imported}`,
      );
      expect(dependencies).toEqual(expect.arrayContaining(exporters));
    }
  });

  it('deploys the sagas and the API after every function that they name', () => {
    const of = new Map(stacks.map(({ name, dependencies }) => [name, dependencies]));
    for (const { name } of deployed) {
      expect(of.get(templates.stackName('saga'))).toContain(templates.stackName(name));
      expect(of.get(templates.stackName('api'))).toContain(templates.stackName(name));
    }
  });

  it('deploys the table of circuits before all who call parties, who know it by name only', () => {
    const callers = deployed.filter(({ parties }) => parties);

    expect(callers.length).toBeGreaterThan(2);
    for (const { name } of callers) {
      const stack = stacks.find((one) => one.name === templates.stackName(name));
      expect(stack?.dependencies).toContain(templates.stackName('circuits'));
    }
  });

  it('deploys the bus before the rules and relays, which know it by name only', () => {
    for (const { name, dependencies } of stacks.filter(({ name }) => name !== templates.stackName('platform'))) {
      const namesBus = JSON.stringify(templates.byStack.get(name)).includes(`event-bus/holdfast-${templates.stage}`);
      const hasRules = templates.resources('AWS::Events::Rule', name).some(({ Properties: p }) => p.EventBusName);
      if (namesBus || hasRules) expect(dependencies).toContain(templates.stackName('platform'));
    }
  });

  // The CDK only warns of what CloudFormation would refuse. The report is there only when the validation has run.
  it('has nothing that the CDK finds wrong with it', () => {
    const report = JSON.parse(readFileSync(join(assemblyDirectory(kind), 'validation-report.json'), 'utf8'));

    expect(report.pluginReports).toEqual([]);
  });

  it('tags every stack with project and stage, and the stack of a service with the service', () => {
    for (const { name, tags } of stacks) {
      const service = deployed.find((candidate) => templates.stackName(candidate.name) === name);
      expect(tags).toEqual({
        project: 'holdfast',
        stage: templates.stage,
        ...(service && { service: service.name }),
      });
    }
  });

  it('keeps within what CloudFormation takes: 1 MB and 500 resources a template', () => {
    for (const { name, templateFile } of stacks) {
      expect(statSync(join(assemblyDirectory(kind), templateFile)).size).toBeLessThan(1_000_000);
      expect(Object.keys(templates.byStack.get(name)?.Resources ?? {}).length).toBeLessThan(500);
    }
  });

  it('tells the name of every table', () => {
    for (const { name } of withTable.filter((service) => deployed.includes(service))) {
      const stack = templates.stackName(name);
      const value = templates.byStack.get(stack)?.Outputs?.[`${pascalCase(name)}TableName`]?.Value;
      expect(templates.target(stack, value)).toBe(`${stack}/${templates.only('AWS::DynamoDB::GlobalTable', stack).id}`);
    }
  });

  it('tells the secret of every stand-in and every address that a contract names', () => {
    for (const { name, handlers } of standIns.filter((service) => deployed.includes(service))) {
      const { Outputs = {} } = templates.byStack.get(templates.stackName(name)) ?? {};
      const addresses = Object.values(handlers).flatMap(({ trigger }) =>
        trigger.kind === 'url' && trigger.output !== undefined ? [trigger.output] : [],
      );
      expect(Object.keys(Outputs)).toEqual(expect.arrayContaining([`${pascalCase(name)}SecretArn`, ...addresses]));
    }
  });
});

describe('the app', () => {
  it('has the outputs that scripts outside rely on', () => {
    const { byStack } = new Templates('dev');
    const outputs = [...byStack.values()].flatMap(({ Outputs = {} }) => Object.keys(Outputs));

    expect(outputs).toEqual(
      expect.arrayContaining(['OrdersTableName', 'SandboxUrl', 'SandboxSecretArn', 'ApiUrl', 'EventBusName']),
    );
  });

  it('keeps the sandbox while one of the parties that it plays has no address of its own', () => {
    expect([...new Templates('ownIssuer').byStack.keys()]).toContain('holdfast-dev-sandbox');
    expect([...new Templates('ownParties').byStack.keys()]).not.toContain('holdfast-dev-sandbox');
  });

  it('names functions within the 64 characters of Lambda, whatever the stage', () => {
    const names = services.flatMap(({ name, handlers }) =>
      Object.keys(handlers).map((handler) => functionName(LONGEST_STAGE, name, handler)),
    );

    expect(names.filter((name) => name.length > 64)).toEqual([]);
  });

  it('names queues within the 80 characters of SQS and rules within the 64 of EventBridge, each once', () => {
    const queues = listConsumers(services).flatMap(({ service, handler }) => [
      queueName(LONGEST_STAGE, service, handler),
      deadLetterQueueName(LONGEST_STAGE, service, handler),
    ]);
    const rules = listConsumers(services).flatMap(({ service, contract: { trigger } }) =>
      trigger.kind === 'events'
        ? trigger.consumes.map(({ event }) => ruleName(LONGEST_STAGE, service, event.type))
        : [],
    );

    expect(queues.filter((name) => !/^[\w-]{1,80}$/.test(name))).toEqual([]);
    expect(rules.filter((name) => !/^[\w.-]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(queues).size).toBe(queues.length);
    expect(new Set(rules).size).toBe(rules.length);
  });
});

/** The stacks whose dependencies can all be deployed before them, in an order that does so. */
function inOrderOfDeployment(stacks: ReturnType<typeof readStacks>): string[] {
  const done: string[] = [];
  for (let before = -1; before !== done.length; ) {
    before = done.length;
    for (const { name, dependencies } of stacks) {
      if (!done.includes(name) && dependencies.every((dependency) => done.includes(dependency))) done.push(name);
    }
  }
  return done;
}
