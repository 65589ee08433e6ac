/** A CloudFormation template as it lies in the assembly, before its intrinsics are resolved. */
export interface Template {
  Description?: string;
  Parameters?: Record<string, TemplateParameter>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, TemplateOutput>;
}

export interface TemplateParameter {
  Type: string;
  Default?: unknown;
  AllowedValues?: unknown[];
  NoEcho?: boolean;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
  Metadata?: Record<string, unknown>;
}

export interface TemplateOutput {
  Value: unknown;
  Description?: string;
  Export?: { Name: unknown };
  Condition?: string;
}

// Rules only assert the version of the bootstrap stack in CDK's templates, and nothing is bootstrapped here. Metadata is
// for tools.
const OBJECT_SECTIONS = ['Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Resources', 'Outputs'];
const SECTIONS = ['AWSTemplateFormatVersion', 'Description', ...OBJECT_SECTIONS];

// What happens to a resource that is deleted or replaced: neither happens here, a run begins from the whole template.
const RESOURCE_MEMBERS = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
];

/** What is wrong with the frame of a template, one line each, without the template's name. */
export interface FrameProblems {
  /** Why it cannot be read any further. */
  broken: string[];
  /** Sections and resource members that the local cloud does not know. */
  unknown: string[];
}

/** Checks the frame of a template: its sections, and what a resource and an output consist of. */
export function checkFrame(template: unknown): FrameProblems {
  if (!isObject(template)) return { broken: ['is not a JSON object'], unknown: [] };

  const unknown = unknownMembers(template, SECTIONS, 'section ');
  const broken = OBJECT_SECTIONS.filter((name) => template[name] !== undefined && !isObject(template[name])).map(
    (name) => `has a section ${name} that is not an object`,
  );
  if (broken.length > 0) return { broken, unknown };

  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    if (isResource(resource)) {
      unknown.push(...unknownMembers(resource, RESOURCE_MEMBERS, '').map((line) => `resource ${logicalId} ${line}`));
    } else {
      broken.push(`resource ${logicalId} is not an object with a Type and Properties`);
    }
  }
  for (const [key, output] of Object.entries(template.Outputs ?? {})) {
    const isOutput = isObject(output) && output.Value !== undefined;
    if (!isOutput) broken.push(`output ${key} has no Value`);
  }
  return { broken, unknown };
}

function isResource(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || typeof value.Type !== 'string') return false;
  return value.Properties === undefined || isObject(value.Properties);
}

function unknownMembers(object: Record<string, unknown>, known: readonly string[], kind: string): string[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => `has ${kind}${name}, which the local cloud does not know (see docs/local-cloud.md)`);
}

/** Whether a JSON value is an object, and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
