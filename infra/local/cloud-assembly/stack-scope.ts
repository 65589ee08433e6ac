import { evaluateCondition } from './conditions';
import { noValue, resolveValue, type Scope } from './intrinsics';
import { type LazyValues, PlacedError } from './lazy-values';
import { findPseudoParameter, parameterValue } from './parameters';
import { generatePhysicalName } from './physical-name';
import type { StackFile } from './read-assembly';
import type { AssetLocation, Environment, NamingContext, ResourceType, ResourceTypes } from './resource-types';
import type { TemplateResource } from './template';

const DEFAULT_MAXIMUM_NAME_LENGTH = 255;
const NO_LOCAL_MEANING: ResourceType = { properties: 'ignored' };

/** What a stack's scope needs to know of the world around the stack. */
export interface Surroundings {
  environment: Required<Environment>;
  types: ResourceTypes;
  values: LazyValues;
  /** What `Fn::ImportValue` gives to the stack of this name. */
  importValue(exportName: string, stackName: string): unknown;
}

/** Gives the values of one stack: of its properties, resources, conditions and parameters. Everything is lazy. */
export class StackScope {
  /** Which resources each resource refers to, as far as its properties have been resolved. */
  readonly references = new Map<string, Set<string>>();

  constructor(
    readonly file: StackFile,
    readonly id: string,
    private readonly surroundings: Surroundings,
  ) {}

  /** Resolves a part of the template; the references found are noted for the resource `owner`, if one is given. */
  resolve(value: unknown, owner?: string): unknown {
    return resolveValue(value, this.scopeOf(owner));
  }

  /** The resource's property with its intrinsics resolved, `undefined` when absent. */
  property(logicalId: string, name: string): unknown {
    return this.surroundings.values.get(this.place(`resource ${logicalId}, property ${name}`), () => {
      const value = this.resolve(this.resource(logicalId).Properties?.[name], logicalId);
      return value === noValue ? undefined : value;
    });
  }

  /** What `Ref` gives for the resource. */
  physicalId(logicalId: string): string {
    return this.surroundings.values.get(this.place(`resource ${logicalId}, Ref`), () => {
      const context = this.namingContext(logicalId);
      return this.typeOf(logicalId).ref?.(context) ?? context.physicalName;
    });
  }

  /** What `Fn::GetAtt` gives for the resource. */
  attribute(logicalId: string, name: string): string {
    const attributes = this.typeOf(logicalId).attributes ?? {};
    if (!Object.hasOwn(attributes, name)) {
      const known = Object.keys(attributes).join(', ') || 'none';
      const { Type: type } = this.resource(logicalId);
      throw new Error(`attribute ${name} of ${logicalId} (${type}) is not known to the local cloud; it knows ${known}`);
    }
    return this.surroundings.values.get(this.place(`resource ${logicalId}, attribute ${name}`), () =>
      attributes[name]!(this.namingContext(logicalId)),
    );
  }

  /** The name that the template gives, or the generated one. */
  physicalName(logicalId: string): string {
    return this.surroundings.values.get(this.place(`resource ${logicalId}, name`), () => {
      const { property, maximumLength = DEFAULT_MAXIMUM_NAME_LENGTH } = this.typeOf(logicalId).physicalName ?? {};
      const given = property === undefined ? undefined : this.property(logicalId, property);
      if (given === undefined) return generatePhysicalName(this.file.name, logicalId, maximumLength);
      if (typeof given !== 'string') throw new Error(`${property} must be text, got ${JSON.stringify(given)}`);
      return given;
    });
  }

  /** Where the template expects the resource's asset, `undefined` for a resource without one. */
  asset(logicalId: string): AssetLocation | undefined {
    return this.typeOf(logicalId).asset?.(this.namingContext(logicalId));
  }

  /** Whether the condition of a resource or an output holds; without one it does. */
  conditionHolds(name: string | undefined): boolean {
    return name === undefined || this.condition(name);
  }

  private condition(name: string): boolean {
    const conditions = this.file.template.Conditions ?? {};
    return this.surroundings.values.get(this.place(`condition ${name}`), () => {
      if (!Object.hasOwn(conditions, name)) throw new Error('there is no such condition');
      return evaluateCondition(conditions[name], this.scopeOf(undefined));
    });
  }

  /** The keys of the outputs that are exported. */
  exportingOutputs(): string[] {
    return Object.entries(this.file.template.Outputs ?? {})
      .filter(([, output]) => output.Export !== undefined && this.conditionHolds(output.Condition))
      .map(([key]) => key);
  }

  /** The value of an output, as text. */
  outputValue(key: string): string {
    return this.outputText(key, 'value', this.file.template.Outputs![key]!.Value);
  }

  /** The name under which other stacks can import an output, `undefined` if it is not exported. */
  exportName(key: string): string | undefined {
    const exported = this.file.template.Outputs![key]!.Export;
    return exported === undefined ? undefined : this.outputText(key, 'export name', exported.Name);
  }

  private outputText(key: string, part: string, value: unknown): string {
    return this.surroundings.values.get(this.place(`output ${key}, ${part}`), () => {
      const resolved = this.resolve(value);
      const isText = ['string', 'number', 'boolean'].includes(typeof resolved);
      if (!isText) throw new Error(`must be text, got ${JSON.stringify(resolved)}`);
      return String(resolved);
    });
  }

  /** The value of a template's own parameter. */
  parameter(name: string): string | string[] {
    const parameter = this.file.template.Parameters![name]!;
    return this.surroundings.values.get(this.place(`parameter ${name}`), () => parameterValue(parameter));
  }

  /** The resource's entry of the register. */
  typeOf(logicalId: string): ResourceType {
    const { Type: type } = this.resource(logicalId);
    const found = Object.hasOwn(this.surroundings.types, type) ? this.surroundings.types[type] : undefined;
    if (found !== undefined) return found === 'no local meaning' ? NO_LOCAL_MEANING : found;
    const unknown = `has type ${type}, which the local cloud does not know (see docs/local-cloud.md)`;
    throw new PlacedError([this.place(`resource ${logicalId} ${unknown}`)]);
  }

  /** Begins a line about this stack's template. */
  place(text: string): string {
    return `template ${this.file.templateFile}: ${text}`;
  }

  private scopeOf(owner: string | undefined): Scope {
    const { environment, importValue } = this.surroundings;
    const stack = { environment, name: this.file.name, id: this.id };
    return {
      ref: (name) => {
        const pseudoParameter = findPseudoParameter(name, stack);
        if (pseudoParameter !== undefined) return pseudoParameter;
        if (Object.hasOwn(this.file.template.Parameters ?? {}, name)) return this.parameter(name);
        return this.physicalId(this.referTo(name, owner));
      },
      getAtt: (logicalId, attribute) => this.attribute(this.referTo(logicalId, owner), attribute),
      importValue: (exportName) => importValue(exportName, this.file.name),
      condition: (name) => this.condition(name),
      findInMap: (map, topLevelKey, secondLevelKey) => {
        const value = this.file.template.Mappings?.[map]?.[topLevelKey]?.[secondLevelKey];
        if (value === undefined) throw new Error(`there is no mapping ${map}.${topLevelKey}.${secondLevelKey}`);
        return value;
      },
    };
  }

  private referTo(logicalId: string, owner: string | undefined): string {
    if (!Object.hasOwn(this.file.template.Resources ?? {}, logicalId)) {
      throw new Error(`refers to ${logicalId}, which is neither a resource nor a parameter of this template`);
    }
    const { Condition: condition } = this.resource(logicalId);
    if (!this.conditionHolds(condition)) {
      throw new Error(`refers to resource ${logicalId}, which does not exist: condition ${condition} is false`);
    }
    if (owner !== undefined) this.references.set(owner, (this.references.get(owner) ?? new Set()).add(logicalId));
    return logicalId;
  }

  private resource(logicalId: string): TemplateResource {
    return this.file.template.Resources![logicalId]!;
  }

  private namingContext(logicalId: string): NamingContext {
    const scope = this;
    return {
      ...this.surroundings.environment,
      stackName: this.file.name,
      logicalId,
      get physicalName() {
        return scope.physicalName(logicalId);
      },
      property: (name) => this.property(logicalId, name),
    };
  }
}
