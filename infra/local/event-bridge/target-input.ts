import { type BusEvent, toEventTime } from './event';
import { type EventPath, parseEventPath } from './event-path';

/** What of the event a target gets; the whole event when nothing is given. As it stands in a template. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** Whose target it is, for the template's own variables. */
export interface TargetRule {
  readonly arn: string;
  readonly name: string;
}

/** The text for the target; `refusal` says why the event does not give a valid one. */
export type ToPayload = (event: BusEvent, ingestedAtMs: number) => { payload: string; refusal?: string };

/**
 * Reads how a target's input is made.
 *
 * A template is filled in as text. A variable outside of quotes becomes its JSON value; inside of quotes its text, an object
 * or a list without its quotes; in a JSON template with them, which makes it invalid. A path without a value gives empty text.
 *
 * @throws {Error} that names the target when more than one kind is given, a path or the template is not valid
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function parseTargetInput(targetId: string, input: TargetInput, rule: TargetRule): ToPayload {
  const { Input, InputPath, InputTransformer } = input;
  if ([Input, InputPath, InputTransformer].filter((kind) => kind !== undefined).length > 1) {
    throw new Error(`Only one of Input, InputPath, or InputTransformer must be provided for target ${targetId}.`);
  }
  if (Input !== undefined) return () => ({ payload: Input });
  if (InputPath !== undefined) {
    const path = parsePath(targetId, 'InputPath', InputPath);
    return (event) => ({ payload: JSON.stringify(path(event) ?? null) });
  }
  if (InputTransformer !== undefined) return parseTransformer(targetId, InputTransformer, rule);
  return (event) => ({ payload: JSON.stringify(event) });
}

const MAX_VARIABLES = 100;
const MAX_TEMPLATE_CHARACTERS = 8192;

/** The variables that every template has. */
const PREDEFINED: Readonly<Record<string, (event: BusEvent, rule: TargetRule, ingestedAtMs: number) => unknown>> = {
  'aws.events.rule-arn': (_event, { arn }) => arn,
  'aws.events.rule-name': (_event, { name }) => name,
  'aws.events.event.ingestion-time': (_event, _rule, ingestedAtMs) => toEventTime(ingestedAtMs),
  // Without its detail, and with the one name that is no identifier written as one.
  'aws.events.event': (event) => {
    const { id, account, 'detail-type': detailType, time, source, region, resources, version } = event;
    return { id, account, detailType, time, source, region, resources, version };
  },
  'aws.events.event.json': (event) => event,
};

function parseTransformer(
  targetId: string,
  { InputPathsMap = {}, InputTemplate: template }: NonNullable<TargetInput['InputTransformer']>,
  rule: TargetRule,
): ToPayload {
  const paths = new Map<string, EventPath>();
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (/^aws\./i.test(name)) throw new Error(`InputPathsMap for target ${targetId}: ${name} is a reserved name`);
    paths.set(name, parsePath(targetId, `InputPathsMap ${name}`, path));
  }
  if (paths.size > MAX_VARIABLES)
    throw new Error(`InputPathsMap for target ${targetId} has over ${MAX_VARIABLES} paths`);
  if (template.length < 1 || template.length > MAX_TEMPLATE_CHARACTERS) {
    throw new Error(`InputTemplate for target ${targetId} must have 1 to ${MAX_TEMPLATE_CHARACTERS} characters`);
  }
  fillIn(template, (name) => {
    if (paths.has(name) || Object.hasOwn(PREDEFINED, name)) return undefined;
    throw new Error(`InputTemplate for target ${targetId} contains invalid placeholder ${name}.`);
  });

  const isJson = /^\s*[{[]/.test(template);
  if (isJson && !isValidJson(fillIn(template, () => '', isJson))) {
    throw new Error(`Invalid InputTemplate for target ${targetId}: it is not valid JSON`);
  }
  return (event, ingestedAtMs) => {
    const find = (name: string): unknown =>
      Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name]?.(event, rule, ingestedAtMs) : paths.get(name)?.(event);
    const payload = fillIn(template, find, isJson);
    const isValid = !isJson || isValidJson(payload);
    return isValid ? { payload } : { payload, refusal: `the transformed input is not valid JSON: ${payload}` };
  };
}

/** The template with each `<name>` replaced. */
function fillIn(template: string, find: (name: string) => unknown, isJson = false): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([^<>\s"]+)>/gs, (whole, name: string | undefined) => {
    if (whole === '"') isQuoted = !isQuoted;
    if (name === undefined) return whole;
    const found = find(name);
    const value = found === undefined ? '' : found;
    const json = JSON.stringify(value);
    if (!isQuoted) return json;
    if (typeof value === 'string') return json.slice(1, -1);
    return isJson ? json : json.replaceAll('"', '');
  });
}

function parsePath(targetId: string, where: string, path: string): EventPath {
  try {
    return parseEventPath(path);
  } catch (error) {
    throw new Error(`${where} for target ${targetId} is not valid: ${(error as Error).message}`);
  }
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
