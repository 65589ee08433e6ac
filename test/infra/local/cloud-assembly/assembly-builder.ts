import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Assembly,
  AssemblyError,
  loadAssembly,
  type ResourceTypes,
} from '../../../../infra/local/cloud-assembly/cloud-assembly';

export const environment = { region: 'eu-west-1', accountId: '123456789012' };

/** A small register: things with a name, an ARN, and two more properties. */
export const types: ResourceTypes = {
  'Test::Thing': {
    properties: {
      ThingName: 'used',
      Value: 'used',
      Color: { oneOf: ['red', 'green'] },
      Parts: { members: { Size: 'used', Tags: 'ignored' } },
      Tags: 'ignored',
    },
    physicalName: { property: 'ThingName', maximumLength: 64 },
    attributes: {
      Arn: ({ partition, region, accountId, physicalName }) =>
        `arn:${partition}:thing:${region}:${accountId}:${physicalName}`,
    },
  },
  'Test::Role': {
    properties: 'ignored',
    attributes: { Arn: ({ physicalName }) => `arn:aws:iam::role/${physicalName}` },
  },
  'Test::Dashboard': { properties: 'ignored' },
};

/** A template that has one `Test::Thing` for each of the given properties, by logical id. */
export function things(properties: Record<string, Record<string, unknown>>): { Resources: Record<string, unknown> } {
  const resources = Object.entries(properties).map(([id, own]) => [id, { Type: 'Test::Thing', Properties: own }]);
  return { Resources: Object.fromEntries(resources) };
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** Makes a directory that is removed after the tests of the file that asks for it. */
function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-assembly-'));
  directories.push(directory);
  return directory;
}

/** A variable in the text of `Fn::Sub`. */
export function variable(name: string): string {
  return `\${${name}}`;
}

/** Writes an assembly of stacks, each of which depends on the one before it; returns its directory. */
export function writeAssembly(templates: Record<string, unknown>, stackProperties: object = {}): string {
  const directory = makeDirectory();
  const names = Object.keys(templates);
  const artifacts = names.map((name, index) => [
    name,
    {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: `${name}.template.json` },
      dependencies: names.slice(Math.max(index - 1, 0), index),
      ...stackProperties,
    },
  ]);
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: Object.fromEntries(artifacts) }));
  for (const name of names) writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(templates[name]));
  return directory;
}

/** Loads an assembly of the given templates with the small register. */
export function load(templates: Record<string, unknown>): Assembly {
  return loadAssembly(writeAssembly(templates), environment, types);
}

/** The problems for which an assembly is refused; fails when it is not. */
export function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof AssemblyError) return error.problems;
    throw error;
  }
  throw new Error('the assembly was not refused');
}
