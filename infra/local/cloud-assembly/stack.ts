import { dependencyOrder } from './dependency-order';
import { listDynamicReferenceProblems } from './dynamic-references';
import { applyRules } from './property-rules';
import type { PropertyRules } from './resource-types';
import type { StackScope } from './stack-scope';
import { listUnknownMembers, type TemplateOutput } from './template';

/** One stack of the assembly with everything in it resolved. */
export interface Stack {
  name: string;
  /** The stack's ARN. */
  stackId: string;
  description?: string;
  /** Each after the resources it refers to or depends on. A resource whose condition is false is absent. */
  resources: Resource[];
  outputs: Array<{ key: string; value: string; exportName?: string; description?: string }>;
}

export interface Resource {
  stackName: string;
  logicalId: string;
  type: string;
  /** The name the template gives, or the generated one. */
  physicalName: string;
  /** What `Ref` gives. */
  physicalId: string;
  /**
   * The understood properties, fully resolved but for dynamic references (see `resolveDynamicReferences`). Empty for a
   * type whose properties are ignored.
   */
  properties: Record<string, unknown>;
  /**
   * What `Fn::GetAtt` gives.
   *
   * @throws {Error} when the register does not list the attribute.
   */
  attribute(name: string): string;
}

/**
 * Resolves a whole stack and adds what it exports to those of the stacks before it. What is wrong goes to the scope's
 * problems, and is left out of the result.
 */
export function buildStack(scope: StackScope): Stack {
  const { name, template } = scope.file;
  for (const problem of listUnknownMembers(template)) scope.report(problem);
  for (const condition of Object.keys(template.Conditions)) scope.attempt(() => scope.conditionHolds(condition));
  const resources = Object.entries(template.Resources)
    .filter(([, { Condition: condition }]) => scope.attempt(() => scope.conditionHolds(condition)))
    .map(([logicalId, { Type: type }]) => scope.attempt(() => buildResource(scope, logicalId, type)))
    .filter((resource) => resource !== undefined);
  return {
    name,
    stackId: scope.id,
    description: template.Description,
    resources: inDependencyOrder(scope, resources),
    outputs: Object.entries(template.Outputs)
      .filter(([, { Condition: condition }]) => scope.attempt(() => scope.conditionHolds(condition)))
      .map(([key, output]) => buildOutput(scope, key, output)),
  };
}

function buildResource(scope: StackScope, logicalId: string, type: string): Resource {
  const { properties: rules } = scope.typeOf(logicalId);
  return {
    stackName: scope.file.name,
    logicalId,
    type,
    physicalName: scope.attempt(() => scope.physicalName(logicalId)) ?? '',
    physicalId: scope.attempt(() => scope.physicalId(logicalId)) ?? '',
    properties: rules === 'ignored' ? {} : resolveProperties(scope, logicalId, rules),
    attribute: (name) => scope.attribute(logicalId, name),
  };
}

function resolveProperties(scope: StackScope, logicalId: string, rules: PropertyRules): Record<string, unknown> {
  const names = Object.keys(scope.file.template.Resources[logicalId]?.Properties ?? {});
  const read = (name: string) => scope.attempt(() => scope.property(logicalId, name));
  const report = (problem: string) => scope.report(`resource ${logicalId} ${problem}`);
  const properties = applyRules(rules, names, read, report);
  listDynamicReferenceProblems(properties).forEach(report);
  return properties;
}

function inDependencyOrder(scope: StackScope, resources: Resource[]): Resource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const dependenciesOf = (logicalId: string) => [
    ...[scope.file.template.Resources[logicalId]?.DependsOn ?? []].flat(),
    ...(scope.references.get(logicalId) ?? []),
  ];
  const order = scope.attempt(() => scope.lazy('resources', () => dependencyOrder([...byId.keys()], dependenciesOf)));
  return (order ?? []).map((logicalId) => byId.get(logicalId)!);
}

function buildOutput(scope: StackScope, key: string, { Value, Export, Description }: TemplateOutput) {
  const value = scope.attempt(() => scope.outputText(key, 'value', Value)) ?? '';
  const exportName = Export && scope.attempt(() => scope.outputText(key, 'export name', Export.Name));
  const { exports } = scope.surroundings;
  if (exportName !== undefined) {
    if (exports.has(exportName)) scope.report(`output ${key}: ${exportName} is already exported by another stack`);
    exports.set(exportName, value);
  }
  return { key, value, exportName, description: Description };
}
