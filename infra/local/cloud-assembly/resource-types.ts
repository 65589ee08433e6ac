/** What exists in the local cloud: the loader's one register, by CloudFormation type name. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** How one CloudFormation type is named and which of its properties the local cloud understands. */
export interface ResourceType {
  /** A property that is not listed here is refused at load. `'ignored'`: all are accepted, and none is resolved. */
  properties: PropertyRules | 'ignored';
  /** What `Ref` gives, and so the physical id. Default: the physical name. */
  ref?(context: NamingContext): string;
  /** What `Fn::GetAtt` gives, by attribute name. An attribute that is not listed is refused. */
  attributes?: Readonly<Record<string, (context: NamingContext) => string>>;
  /** Where the physical name comes from. Default: generated, at most 255 characters. */
  physicalName?: {
    /** The property that holds the name if the template gives one. */
    property: string;
    /** The longest name the service takes, in characters; a generated name is shortened to it. Default: 255. */
    maximumLength?: number;
  };
}

/**
 * What may stand in a property.
 *
 * `'used'`: any value. `'ignored'`: accepted, but it changes nothing here, so it is neither resolved nor handed out.
 * `oneOf`: only one of these values. `members`: an object (or a list of objects) with no members but these.
 */
export type PropertyRule =
  | 'used'
  | 'ignored'
  | { oneOf: ReadonlyArray<string | number | boolean> }
  | { members: PropertyRules };

export type PropertyRules = Readonly<Record<string, PropertyRule>>;

/**
 * All that a name may depend on. With it, what `Ref` and `Fn::GetAtt` give is a function of names, ports and environment:
 * no resource has to be created before another one can be resolved.
 */
export interface NamingContext extends Environment {
  partition: string;
  stackName: string;
  logicalId: string;
  /** The name the template gives, or the generated one. Resolved when it is read. */
  readonly physicalName: string;
  /** A property of this resource with its intrinsics resolved, `undefined` when absent. */
  property(name: string): unknown;
}

/** Where the assembly is run: what the pseudo parameters give. */
export interface Environment {
  region: string;
  /** Twelve digits. */
  accountId: string;
}
