import type { ChangeFilter } from './contract';

/**
 * A kind of change as Lambda filters the records of a table's stream. A value that was not there is told apart from another one:
 * `anything-but` takes what exists only.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export function changePattern({ event, becomes }: ChangeFilter): Record<string, unknown> {
  if (!becomes) return { eventName: [event] };
  const image = (rule: (value: string) => unknown[]) =>
    Object.fromEntries(Object.entries(becomes).map(([attribute, value]) => [attribute, { S: rule(value) }]));
  const NewImage = image((value) => [value]);
  const OldImage = image((value) => [{ 'anything-but': [value] }, { exists: false }]);
  return { eventName: [event], dynamodb: { NewImage, OldImage } };
}

/**
 * The changes by which an item may have emitted events, as Lambda filters them: those after which it has an event number. Whether it
 * is this write that has raised it, no filter can say; the relay sees that from both images.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html for `exists`, which works on leaves only
 */
export const emissionPattern = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { NewImage: { _outSeq: { N: [{ exists: true }] } } },
} as const;
