/** A CloudFormation template as it lies in the assembly, before its intrinsics are resolved. */
export interface Template {
  Description?: string;
  Parameters: Record<string, TemplateParameter>;
  Mappings: Record<string, Record<string, Record<string, unknown>>>;
  Conditions: Record<string, unknown>;
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, TemplateOutput>;
}

export interface TemplateParameter {
  Type: string;
  Default?: unknown;
}

interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
}

export interface TemplateOutput {
  Value: unknown;
  Description?: string;
  Export?: { Name: unknown };
  Condition?: string;
}

export const EMPTY_TEMPLATE: Template = { Parameters: {}, Mappings: {}, Conditions: {}, Resources: {}, Outputs: {} };

// Rules only assert the version of the bootstrap stack in CDK's templates, and nothing is bootstrapped here. Metadata is
// for tools.
const SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Rules', ...Object.keys(EMPTY_TEMPLATE)];

// What happens to a resource that is deleted or replaced: neither happens here, a run begins from the whole template.
const POLICIES = ['DeletionPolicy', 'UpdateReplacePolicy'];
const RESOURCE_MEMBERS = ['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', ...POLICIES];

/** The sections, and the members of resources, that the local cloud does not know, one line each. */
export function listUnknownMembers(template: Template): string[] {
  const ofResources = Object.entries(template.Resources).flatMap(([logicalId, resource]) =>
    unknownMembers(resource, RESOURCE_MEMBERS).map((name) => `resource ${logicalId} has ${name}`),
  );
  const sections = unknownMembers(template, SECTIONS).map((name) => `has section ${name}`);
  return [...sections, ...ofResources].map((line) => `${line}, ${UNKNOWN}`);
}

/** Ends a line about something that is refused for that reason. */
export const UNKNOWN = 'which the local cloud does not know (see docs/local-cloud.md)';

function unknownMembers(object: object, known: readonly string[]): string[] {
  return Object.keys(object).filter((name) => !known.includes(name));
}

/** Whether a JSON value is an object, and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
