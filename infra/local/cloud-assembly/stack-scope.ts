import { AssemblyError } from './assembly-error';
import { evaluateCondition } from './conditions';
import { noValue, resolveValue, type Scope } from './intrinsics';
import { LazyValues } from './lazy-values';
import { parameterValue, pseudoParameter } from './parameters';
import { generatePhysicalName, generateStackId } from './physical-name';
import type { StackFile } from './read-assembly';
import type { Environment, NamingContext, ResourceType, ResourceTypes } from './resource-types';
import { UNKNOWN } from './template';

/** What a stack's scope needs to know of the world around the stack. */
export interface Surroundings {
  environment: Environment;
  types: ResourceTypes;
  /** What the stacks deployed before export, by export name. */
  exports: Map<string, string>;
  /** Collects what is wrong; a set, because what is wrong at one place is met again from every place that refers to it. */
  problems: Set<string>;
}

/** Gives the values of one stack: of its properties, resources, conditions and parameters. Everything is lazy. */
export class StackScope {
  /** Which resources each resource refers to, as far as its properties have been resolved. */
  readonly references = new Map<string, Set<string>>();
  private readonly values = new LazyValues();

  constructor(
    readonly file: StackFile,
    readonly surroundings: Surroundings,
  ) {}

  /** The stack's ARN. */
  get id(): string {
    return generateStackId(this.surroundings.environment, this.file.name);
  }

  /** Runs a step of the loading; what it throws becomes a problem of the assembly, and the step has no result. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      for (const problem of error.problems) this.surroundings.problems.add(problem);
      return undefined;
    }
  }

  /** Notes what is wrong with this stack's template. */
  report(problem: string): void {
    this.surroundings.problems.add(this.place(problem));
  }

  /** Computes a value of this stack once. `place` names it in messages. */
  lazy<T>(place: string, compute: () => T): T {
    return this.values.get(this.place(place), compute);
  }

  /** The resource's property with its intrinsics resolved, `undefined` when absent. */
  property(logicalId: string, name: string): unknown {
    return this.lazy(`resource ${logicalId}, property ${name}`, () => {
      const value = resolveValue(this.resource(logicalId).Properties?.[name], this.scopeOf(logicalId));
      return value === noValue ? undefined : value;
    });
  }

  /** What `Ref` gives for the resource. */
  physicalId(logicalId: string): string {
    const context = this.namingContext(logicalId);
    return this.typeOf(logicalId).ref?.(context) ?? context.physicalName;
  }

  /** What `Fn::GetAtt` gives for the resource. */
  attribute(logicalId: string, name: string): string {
    const { attributes = {} } = this.typeOf(logicalId);
    const what = `attribute ${name} of ${logicalId} (${this.resource(logicalId).Type})`;
    const known = Object.keys(attributes).join(', ') || 'none';
    const compute = present(attributes[name], `${what} is not known to the local cloud; it knows ${known}`);
    return compute(this.namingContext(logicalId));
  }

  /** The name that the template gives, or the generated one. */
  physicalName(logicalId: string): string {
    return this.lazy(`resource ${logicalId}, name`, () => {
      const { property, maximumLength = 255 } = this.typeOf(logicalId).physicalName ?? {};
      const given = property && this.property(logicalId, property);
      return given === undefined ? generatePhysicalName(this.file.name, logicalId, maximumLength) : String(given);
    });
  }

  /** Whether the condition of a resource or an output holds; without one it does. */
  conditionHolds(name: string | undefined): boolean {
    if (name === undefined) return true;
    return this.lazy(`condition ${name}`, () => {
      const condition = present(this.file.template.Conditions[name], 'there is no such condition');
      return evaluateCondition(condition, this.scopeOf());
    });
  }

  /** A part of an output as text: its value, or the name under which other stacks can import it. */
  outputText(key: string, part: 'value' | 'export name', value: unknown): string {
    return this.lazy(`output ${key}, ${part}`, () => {
      const resolved = resolveValue(value, this.scopeOf());
      if (typeof resolved === 'object') throw new Error(`must be text, got ${JSON.stringify(resolved)}`);
      return String(resolved);
    });
  }

  /** The resource's entry of the register. */
  typeOf(logicalId: string): ResourceType {
    const { Type: name } = this.resource(logicalId);
    const type = this.surroundings.types[name];
    if (type) return type;
    throw new AssemblyError([this.place(`resource ${logicalId} has type ${name}, ${UNKNOWN}`)]);
  }

  private place(text: string): string {
    return `template ${this.file.templateFile}: ${text}`;
  }

  /** What a part of the template refers to; references to resources are noted for the resource `owner`, if it is of one. */
  private scopeOf(owner?: string): Scope {
    return {
      ref: (name) => {
        const { environment } = this.surroundings;
        const { name: stackName, template } = this.file;
        if (name.startsWith('AWS::')) return pseudoParameter(name, environment, { name: stackName, id: this.id });
        const parameter = template.Parameters[name];
        if (parameter) return this.lazy(`parameter ${name}`, () => parameterValue(parameter));
        return this.physicalId(this.referTo(name, owner));
      },
      getAtt: (logicalId, attribute) => this.attribute(this.referTo(logicalId, owner), attribute),
      importValue: (exportName) => {
        const problem = `no stack deployed before ${this.file.name} exports ${exportName}`;
        return present(this.surroundings.exports.get(exportName), problem);
      },
      condition: (name) => this.conditionHolds(name),
      findInMap: (map, topLevelKey, secondLevelKey) => {
        const value = this.file.template.Mappings[map]?.[topLevelKey]?.[secondLevelKey];
        return present(value, `there is no mapping ${map}.${topLevelKey}.${secondLevelKey}`);
      },
    };
  }

  private referTo(logicalId: string, owner: string | undefined): string {
    if (!Object.hasOwn(this.file.template.Resources, logicalId)) {
      throw new Error(`refers to ${logicalId}, which is neither a resource nor a parameter of this template`);
    }
    const { Condition: condition } = this.resource(logicalId);
    if (!this.conditionHolds(condition)) {
      throw new Error(`refers to resource ${logicalId}, which does not exist: condition ${condition} is false`);
    }
    if (owner !== undefined) this.references.set(owner, (this.references.get(owner) ?? new Set()).add(logicalId));
    return logicalId;
  }

  private resource(logicalId: string) {
    return this.file.template.Resources[logicalId]!;
  }

  private namingContext(logicalId: string): NamingContext {
    const scope = this;
    return {
      ...this.surroundings.environment,
      partition: 'aws',
      stackName: this.file.name,
      logicalId,
      get physicalName() {
        return scope.physicalName(logicalId);
      },
      property: (name) => this.property(logicalId, name),
    };
  }
}

function present<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw new Error(problem);
  return value;
}
