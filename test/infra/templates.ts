import {
  ASSEMBLY_CONTEXTS,
  type AssemblyKind,
  readTemplates,
  type Template,
  type TemplateResource,
} from '../support/assembly';

/** A resource with its place: `<stack>/<logical id>`. */
export interface PlacedResource extends TemplateResource {
  readonly stack: string;
  readonly id: string;
}

/** A statement of a policy, its lists spelled out, its resources as {@link Templates.text} writes them. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Absent without any. */
  readonly conditions?: unknown;
}

/** Questions to the templates of one assembly. */
export class Templates {
  readonly byStack: ReadonlyMap<string, Template>;
  readonly stage: string;
  private readonly context: Readonly<Record<string, string | undefined>>;

  constructor(readonly kind: AssemblyKind) {
    this.context = ASSEMBLY_CONTEXTS[kind];
    this.stage = this.context.stage ?? 'dev';
    this.byStack = readTemplates(kind);
  }

  /** Addresses of outside parties, by the context key that a contract names. */
  get partyUrls(): Readonly<Record<string, string | undefined>> {
    return this.context;
  }

  /** `orders` as `holdfast-dev-orders`. */
  stackName(name: string): string {
    return `holdfast-${this.stage}-${name}`;
  }

  /** The resources of a type, of one stack or of all. */
  resources(type: string, stack?: string): PlacedResource[] {
    return [...this.byStack]
      .filter(([name]) => stack === undefined || name === stack)
      .flatMap(([name, { Resources = {} }]) =>
        Object.entries(Resources)
          .filter(([, resource]) => resource.Type === type)
          .map(([id, resource]) => ({ ...resource, stack: name, id })),
      );
  }

  /** @throws {Error} unless there is exactly one. */
  only(type: string, stack: string): PlacedResource {
    const found = this.resources(type, stack);
    if (found.length !== 1 || !found[0]) throw new Error(`${stack} has ${found.length} resources of type ${type}`);
    return found[0];
  }

  /** The function of a handler. @throws {Error} unless there is exactly one of that name. */
  functionOf(service: string, handler: string): PlacedResource {
    const name = `holdfast-${this.stage}-${service}-${handler}`;
    const found = this.resources('AWS::Lambda::Function').filter(({ Properties: p }) => p.FunctionName === name);
    if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} functions named ${name}`);
    return found[0];
  }

  /** The queue of a name. @throws {Error} unless there is exactly one. */
  queueNamed(name: string): PlacedResource {
    const found = this.resources('AWS::SQS::Queue').filter(({ Properties: p }) => p.QueueName === name);
    if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} queues named ${name}`);
    return found[0];
  }

  /** What feeds the function of a handler, by the service that it comes from: `dynamodb` or `sqs`. */
  mappingsOf(service: string, handler: string): { dynamodb?: PlacedResource; sqs?: PlacedResource } {
    const place = placeOf(this.functionOf(service, handler));
    const found = this.resources('AWS::Lambda::EventSourceMapping')
      .filter(({ stack, Properties: p }) => this.target(stack, p.FunctionName) === place)
      .map((mapping) => [
        this.target(mapping.stack, mapping.Properties.EventSourceArn).endsWith('.StreamArn') ? 'dynamodb' : 'sqs',
        mapping,
      ]);
    if (found.length > 2) throw new Error(`${service}/${handler} is fed by ${found.length} mappings`);
    return Object.fromEntries(found);
  }

  /** Who may do what to a queue beside the roles of its account: the statements of its policies. */
  // biome-ignore lint/suspicious/noExplicitAny: principals and conditions are whatever IAM takes, and tests look into them.
  queueStatements(queue: PlacedResource): any[] {
    return this.resources('AWS::SQS::QueuePolicy', queue.stack)
      .filter(({ stack, Properties: p }) => p.Queues.some((ref: unknown) => this.target(stack, ref) === placeOf(queue)))
      .flatMap(({ Properties: p }) => p.PolicyDocument.Statement);
  }

  /** What a reference points at, such as `holdfast-dev-orders/Role.Arn`. */
  target(stack: string, value: unknown): string {
    return this.text(stack, value).replace(/^\$\{(.*)\}$/, '$1');
  }

  /**
   * A value with its intrinsics written out, the same for the same thing wherever it is named: references as
   * `${<stack>/<logical id>.<attribute>}`, imports as what the exporting stack says, pseudo parameters as `${AWS::Region}`.
   */
  text(stack: string, value: unknown): string {
    if (typeof value !== 'object' || value === null) return String(value);
    const [[name, argument] = ['', '']] = Object.entries(value) as Array<[string, unknown]>;
    switch (name) {
      case 'Ref':
        return String(argument).startsWith('AWS::') ? `\${${argument}}` : `\${${stack}/${argument}}`;
      case 'Fn::GetAtt':
        return `\${${stack}/${(argument as string[]).join('.')}}`;
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.text(stack, part)).join(separator);
      }
      case 'Fn::ImportValue':
        return this.exported(argument as string);
      default:
        throw new Error(`${stack}: no text for ${JSON.stringify(value)}`);
    }
  }

  /** The stack that exports a name and the value, written out. */
  findExport(name: string): { stack: string; value: string } | undefined {
    for (const [stack, { Outputs = {} }] of this.byStack) {
      const output = Object.values(Outputs).find(({ Export }) => Export?.Name === name);
      if (output) return { stack, value: this.text(stack, output.Value) };
    }
    return undefined;
  }

  /** The statements of every policy that a role has of its own, inline ones included. */
  statementsOf(role: PlacedResource): Statement[] {
    const attached = this.resources('AWS::IAM::Policy', role.stack)
      .filter(({ Properties: p }) => p.Roles.some((ref: unknown) => this.target(role.stack, ref) === placeOf(role)))
      .map(({ Properties: p }) => p.PolicyDocument);
    const inline = (role.Properties.Policies ?? []).map((p: { PolicyDocument: unknown }) => p.PolicyDocument);
    return [...attached, ...inline].flatMap(({ Statement }) =>
      Statement.map((s: { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }) => ({
        effect: s.Effect,
        actions: [s.Action].flat(),
        resources: [s.Resource].flat().map((resource) => this.text(role.stack, resource)),
        ...(s.Condition !== undefined && { conditions: s.Condition }),
      })),
    );
  }

  /** The role of a function. */
  roleOf({ stack, Properties }: PlacedResource): PlacedResource {
    const place = this.target(stack, Properties.Role).replace(/\.Arn$/, '');
    const role = this.resources('AWS::IAM::Role', stack).find((candidate) => placeOf(candidate) === place);
    if (!role) throw new Error(`there is no role ${place}`);
    return role;
  }

  private exported(name: string): string {
    const found = this.findExport(name);
    if (!found) throw new Error(`no stack exports ${name}`);
    return found.value;
  }
}

/** `<stack>/<logical id>`. */
export function placeOf({ stack, id }: PlacedResource): string {
  return `${stack}/${id}`;
}

/** Every value of a key, however deep. */
export function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(inner, key)]);
}
