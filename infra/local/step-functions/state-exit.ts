import type { Exit } from './definition';
import type { Step, Visit } from './interpreter';
import { checkVariables, toLimitedJson } from './state-error';

/**
 * Evaluates the variables and the output with which a state is left. Both see the variables as they were before.
 *
 * `path` is where the fields stand in the state, such as `Catch[0]/`. Without an `Output`, the output is the caught
 * error, the result, or the input, whichever there is first.
 *
 * @throws {StateError} when an expression fails or what is assigned exceeds the limit
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export async function leave(
  exit: Exit,
  path: string,
  visit: Visit,
  next: string | undefined,
  extra: { result?: unknown; errorOutput?: unknown } = {},
): Promise<Step> {
  const { input, stateName, variables } = visit.position;
  let assigned: Step['assigned'] = {};
  if (exit.Assign !== undefined) {
    assigned = (await visit.evaluate(exit.Assign, `${path}Assign`, extra)) as Step['assigned'];
    toLimitedJson(assigned, stateName);
    checkVariables({ ...variables, ...assigned }, stateName);
  }
  const unchanged = 'errorOutput' in extra ? extra.errorOutput : 'result' in extra ? extra.result : input;
  const output = exit.Output === undefined ? unchanged : await visit.evaluate(exit.Output, `${path}Output`, extra);
  return { output, assigned, next };
}
