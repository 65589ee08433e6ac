import { DependencyCycleError, dependencyOrder } from './dependency-order';
import { listDynamicReferenceProblems } from './dynamic-references';
import { PlacedError } from './lazy-values';
import { isBootstrapVersion } from './parameters';
import { applyPropertyRule, unknownProperty } from './property-rules';
import type { StackScope } from './stack-scope';
import type { TemplateOutput } from './template';

/** One stack of the assembly with everything in it resolved. */
export interface Stack {
  name: string;
  /** The stack's ARN. */
  stackId: string;
  templateFile: string;
  description?: string;
  /** Each after the resources it refers to or depends on. A resource whose condition is false is absent. */
  resources: Resource[];
  outputs: Output[];
  /** Their values are the defaults; those marked NoEcho read `****`, as CloudFormation shows them. */
  parameters: Array<{ key: string; value: string }>;
  tags: Array<{ key: string; value: string }>;
}

export interface Output {
  key: string;
  value: string;
  exportName?: string;
  description?: string;
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
   * type without local meaning.
   */
  properties: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  /**
   * What `Fn::GetAtt` gives.
   *
   * @throws {Error} when the register does not list the attribute.
   */
  attribute(name: string): string;
}

/** Takes a line that says what is wrong. */
export type Report = (problem: string) => void;

/** Resolves a whole stack; what is wrong goes to `report`, and is left out of the result. */
export function buildStack(scope: StackScope, report: Report): Stack {
  const { name, templateFile, template, tags } = scope.file;
  for (const condition of Object.keys(template.Conditions ?? {})) {
    attempt(() => scope.conditionHolds(condition), report);
  }
  const resources = listExisting(scope, report)
    .map((logicalId) => attempt(() => buildResource(scope, logicalId, report), report))
    .filter((resource) => resource !== undefined);

  return {
    name,
    stackId: scope.id,
    templateFile,
    description: template.Description,
    resources: inDependencyOrder(scope, resources, report),
    outputs: Object.entries(template.Outputs ?? {}).flatMap(([key, output]) => buildOutput(scope, key, output, report)),
    parameters: buildParameters(scope, report),
    tags,
  };
}

/** Runs a step of the loading; what it throws is reported, and the step has no result. */
export function attempt<T>(step: () => T, report: Report): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof PlacedError)) throw error;
    error.lines.forEach(report);
    return undefined;
  }
}

function listExisting(scope: StackScope, report: Report): string[] {
  return Object.entries(scope.file.template.Resources ?? {})
    .filter(([, { Condition: condition }]) => attempt(() => scope.conditionHolds(condition), report))
    .map(([logicalId]) => logicalId);
}

function buildResource(scope: StackScope, logicalId: string, report: Report): Resource {
  const { Type: type, Metadata: metadata } = scope.file.template.Resources![logicalId]!;
  scope.typeOf(logicalId);
  return {
    stackName: scope.file.name,
    logicalId,
    type,
    physicalName: attempt(() => scope.physicalName(logicalId), report) ?? '',
    physicalId: attempt(() => scope.physicalId(logicalId), report) ?? '',
    properties: resolveProperties(scope, logicalId, report),
    metadata,
    attribute: (name) => scope.attribute(logicalId, name),
  };
}

function resolveProperties(scope: StackScope, logicalId: string, report: Report): Record<string, unknown> {
  const { properties: rules } = scope.typeOf(logicalId);
  const resolved: Record<string, unknown> = {};
  if (rules === 'ignored') return resolved;

  const problems: string[] = [];
  for (const name of Object.keys(scope.file.template.Resources![logicalId]!.Properties ?? {})) {
    const rule = Object.hasOwn(rules, name) ? rules[name]! : undefined;
    if (rule === undefined) problems.push(`has ${unknownProperty(name)}`);
    if (rule === undefined || rule === 'ignored') continue;

    const value = attempt(() => scope.property(logicalId, name), report);
    if (value === undefined) continue;
    problems.push(...listDynamicReferenceProblems(value));
    resolved[name] = applyPropertyRule(value, rule, name, problems);
  }
  for (const problem of problems) report(scope.place(`resource ${logicalId} ${problem}`));
  return resolved;
}

function inDependencyOrder(scope: StackScope, resources: Resource[], report: Report): Resource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const templateResources = scope.file.template.Resources ?? {};
  const dependenciesOf = (logicalId: string): string[] => {
    const { DependsOn: dependsOn = [] } = templateResources[logicalId]!;
    const explicit = typeof dependsOn === 'string' ? [dependsOn] : dependsOn;
    for (const other of explicit) {
      if (Object.hasOwn(templateResources, other)) continue;
      report(scope.place(`resource ${logicalId} depends on ${other}, which is no resource of this template`));
    }
    return [...explicit, ...(scope.references.get(logicalId) ?? [])];
  };

  try {
    return dependencyOrder([...byId.keys()], dependenciesOf).map((logicalId) => byId.get(logicalId)!);
  } catch (error) {
    if (!(error instanceof DependencyCycleError)) throw error;
    report(scope.place(`circular dependency between resources: ${error.cycle.join(' → ')}`));
    return resources;
  }
}

function buildOutput(scope: StackScope, key: string, output: TemplateOutput, report: Report): Output[] {
  const built = attempt(() => {
    if (!scope.conditionHolds(output.Condition)) return [];
    const value = scope.outputValue(key);
    return [{ key, value, exportName: scope.exportName(key), description: output.Description }];
  }, report);
  return built ?? [];
}

function buildParameters(scope: StackScope, report: Report): Stack['parameters'] {
  return Object.entries(scope.file.template.Parameters ?? {}).map(([key, parameter]) => {
    if (isBootstrapVersion(parameter)) return { key, value: String(parameter.Default) };
    const value = attempt(() => scope.parameter(key), report) ?? '';
    return { key, value: parameter.NoEcho ? '****' : String(value) };
  });
}
