import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from 'valibot';
import type { FieldError } from '../errors/app-error';

/** Errors told at once: enough to mend a form, too few to make a large answer of a bad request. */
const MAX_ERRORS = 50;

/** The parsed value, or what is wrong where. `root` is the path of the value itself, such as `body` or `path`. */
export function validate<Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
  root: string,
): { value: InferOutput<Schema> } | { errors: FieldError[] } {
  const result = safeParse(schema, value);
  if (result.success) return { value: result.output };
  return { errors: result.issues.slice(0, MAX_ERRORS).map((issue) => toFieldError(issue, root)) };
}

/** `items[0].quantity` and `must be >=1, got 0`. */
function toFieldError(issue: BaseIssue<unknown>, root: string): FieldError {
  const path = (getDotPath(issue) ?? root).replace(/\.(\d+)(?=\.|$)/g, '[$1]');
  return { path, message: toMessage(issue) };
}

function toMessage(issue: BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is not known here';
  if (issue.received === 'undefined') return 'is required';
  // An expectation in words of its own: valibot has none to show.
  if (issue.type === 'integer') return `must be an integer, got ${shorten(issue.received)}`;
  if (issue.expected === null) return issue.message;
  return `must be ${describe(issue)}, got ${shorten(issue.received)}`;
}

function describe(issue: BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'min_length':
    case 'max_length':
      return `of length ${issue.expected}`;
    case 'regex':
      return `of the form ${issue.expected}`;
    default:
      return `${issue.expected}`;
  }
}

/** A value may be as long as the body; the message shows its beginning. */
function shorten(received: string): string {
  return received.length > 80 ? `${received.slice(0, 77)}...` : received;
}
