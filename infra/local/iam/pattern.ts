/** One text of `Action`, `Resource` or a condition, ready to be compared. */
export interface Pattern {
  /** As it stands in the policy. */
  readonly text: string;
  matches(value: string): boolean;
}

/**
 * A pattern of actions: upper and lower case are the same, `*` stands for any text and `?` for any one character.
 *
 * @throws {Error} when it is neither `*` nor `<service>:<name>`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function toActionPattern(text: string): Pattern {
  if (text !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(text)) {
    throw new Error(`Action must be * or <service>:<name>, got ${text}`);
  }
  return toPattern(text, text.split(':').map(anything).join(':'), 'i');
}

/**
 * A pattern of ARNs. A wildcard stays within its segment, the part between two colons; only a `*` at the end of one goes on
 * across colons.
 *
 * @throws {Error} when it is neither `*` nor an ARN with all its six parts and the service named.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function toResourcePattern(text: string): Pattern {
  if (text !== '*' && !/^arn:[^:]*:[a-z0-9-]+:[^:]*:[^:]*:./.test(text)) {
    throw new Error(`Resource must be * or an ARN with all its parts and a service without wildcards, got ${text}`);
  }
  const segments = text.split(':').map((segment) => {
    const end = segment.endsWith('*') ? '.*' : '';
    return withinSegment(end === '' ? segment : segment.slice(0, -1)) + end;
  });
  return toPattern(text, segments.join(':'));
}

/**
 * A pattern for ArnLike and ArnEquals: each of the six parts for itself, so that `*` never goes from one to the next.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function toArnPattern(text: string): Pattern {
  const parts = text.split(':');
  if (parts.length < 6) throw new Error(`an ARN must have six parts, got ${text}`);
  const first = parts.slice(0, 5).map(withinSegment);
  return toPattern(text, [...first, anything(parts.slice(5).join(':'))].join(':'));
}

/** A pattern for StringLike: `*` stands for any text and `?` for any one character, case matters. */
export function toTextPattern(text: string): Pattern {
  return toPattern(text, anything(text));
}

/** The text itself, wildcards being ordinary characters. */
export function toExactPattern(text: string): Pattern {
  return { text, matches: (value) => value === text };
}

function toPattern(text: string, source: string, flags = ''): Pattern {
  // Most patterns have no wildcard, and comparing texts is what a check does most.
  if (flags === '' && !/[*?]/.test(text)) return toExactPattern(text);
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return { text, matches: (value) => expression.test(value) };
}

function anything(text: string): string {
  return quote(text).replaceAll('*', '.*').replaceAll('?', '.');
}

function withinSegment(text: string): string {
  return quote(text).replaceAll('*', '[^:]*').replaceAll('?', '[^:]');
}

/** Everything but the two wildcards stands for itself. */
function quote(text: string): string {
  return text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
}
