import { type BusEvent, parseJson, toEventTime } from './event';

/** What of the event a target gets; the whole event when nothing is given. As it stands in a template. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** The text for the target; `refusal` says why the event does not give a valid one. */
export type ToPayload = (event: BusEvent, ingestedAtMs: number) => { payload: string; refusal?: string };

/** Reads a value of an event; `undefined` when the event has none there. */
type EventPath = (event: unknown) => unknown;

/** A step into an object, into a list, or into all members of either. */
type Step = string | number | '*';

/**
 * Reads how a target's input is made; `rule` is for the template's own variables.
 *
 * A template is filled in as text. A variable outside of quotes becomes its JSON value; inside of quotes its text, an object
 * or a list without its quotes; in a JSON template with them, which makes it invalid. A path without a value gives empty text.
 *
 * @throws {Error} that names the target when more than one kind is given, a path or the template is not valid
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function parseTargetInput(targetId: string, input: TargetInput, rule: { arn: string; name: string }): ToPayload {
  const { Input, InputPath, InputTransformer } = input;
  if ([Input, InputPath, InputTransformer].filter((kind) => kind !== undefined).length > 1) {
    throw new Error(`Only one of Input, InputPath, or InputTransformer must be provided for target ${targetId}.`);
  }
  if (Input !== undefined) return () => ({ payload: Input });
  if (InputTransformer !== undefined) return parseTransformer(targetId, InputTransformer, rule);
  const path = parseEventPath(InputPath ?? '$', `InputPath for target ${targetId}`);
  return (event) => ({ payload: JSON.stringify(path(event) ?? null) });
}

function parseTransformer(
  targetId: string,
  { InputPathsMap = {}, InputTemplate: template }: NonNullable<TargetInput['InputTransformer']>,
  rule: { arn: string; name: string },
): ToPayload {
  const paths = Object.entries(InputPathsMap).map(
    ([name, path]) => [name, parseEventPath(path, `InputPathsMap ${name} for target ${targetId}`)] as const,
  );
  const variablesOf = (event: BusEvent, ingestedAtMs: number) =>
    new Map<string, unknown>([
      ...paths.map(([name, path]) => [name, path(event)] as const),
      ['aws.events.rule-arn', rule.arn],
      ['aws.events.rule-name', rule.name],
      ['aws.events.event.ingestion-time', toEventTime(ingestedAtMs)],
      ['aws.events.event', withoutDetail(event)],
      ['aws.events.event.json', event],
    ]);
  const isJson = /^\s*[{[]/.test(template);
  // Of any event: only the names are asked for.
  const known = variablesOf({} as BusEvent, 0);
  const empty = fillIn(template, isJson, (name) => {
    if (known.has(name)) return undefined;
    throw new Error(`InputTemplate for target ${targetId} contains invalid placeholder ${name}.`);
  });
  if (isJson && parseJson(empty) === undefined) {
    throw new Error(`Invalid InputTemplate for target ${targetId}: it is not valid JSON`);
  }
  return (event, ingestedAtMs) => {
    const variables = variablesOf(event, ingestedAtMs);
    const payload = fillIn(template, isJson, (name) => variables.get(name));
    const isValid = !isJson || parseJson(payload) !== undefined;
    return isValid ? { payload } : { payload, refusal: `the transformed input is not valid JSON: ${payload}` };
  };
}

/** With the one name that is no identifier written as one. */
function withoutDetail({ 'detail-type': detailType, detail: _, ...head }: BusEvent): object {
  return { ...head, detailType };
}

/** The template with each `<name>` replaced. */
function fillIn(template: string, isJson: boolean, valueAt: (name: string) => unknown): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([^<>\s"]+)>/gs, (whole, name: string | undefined) => {
    if (whole === '"') isQuoted = !isQuoted;
    if (name === undefined) return whole;
    const value = valueAt(name) === undefined ? '' : valueAt(name);
    const json = JSON.stringify(value);
    if (!isQuoted) return json;
    if (typeof value === 'string') return json.slice(1, -1);
    return isJson ? json : json.replaceAll('"', '');
  });
}

/**
 * Reads a path in the part of JSONPath that EventBridge knows: dots, letters, digits, `-`, `_`, `/`, indices of lists and
 * `*`. A path with `*` gives the list of all values there. `where` begins the message of an error.
 */
function parseEventPath(path: string, where: string): EventPath {
  if (!/^\$(\.(\*|[\w/-]+)|\[(\*|\d+)\])*$/.test(path)) {
    throw new Error(`${where} is not valid: path ${path} must be $ followed by .name, [index], .* or [*]`);
  }
  const steps = [...path.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)].map(
    ([, name, index]): Step => (index === undefined || index === '*' ? (name ?? '*') : Number(index)),
  );
  return (event) => {
    const found = steps.reduce<unknown[]>((values, step) => values.flatMap((value) => take(value, step)), [event]);
    return steps.includes('*') ? found : found[0];
  };
}

function take(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*') return Object.values(value);
  if (Array.isArray(value) !== (typeof step === 'number')) return [];
  return Object.hasOwn(value, step) ? [(value as Record<Step, unknown>)[step]] : [];
}
