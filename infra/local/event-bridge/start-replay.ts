import { getBus } from './event-bus';
import { lastName } from './names';
import type { Backend } from './operations';
import { toMilliseconds } from './put-events';
import type { Replays } from './replays';
import { type Body, isInvalid, textOf } from './request';

/**
 * Reads and checks what StartReplay asks for.
 *
 * @throws {AwsError} `ValidationException`, `ResourceNotFoundException` for an unknown bus
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
 */
export function readReplay({ archives, buses, rules, clock }: Backend, body: Body): Parameters<Replays['start']>[0] {
  const name = textOf(body, 'ReplayName');
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
    throw isInvalid(
      `Value '${name}' at 'replayName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  }
  const archive = archives.find(lastName(textOf(body, 'EventSourceArn')));
  if (archive === undefined) {
    throw isNotValid('EventSourceArn', `Archive ${lastName(body.EventSourceArn)} does not exist.`);
  }
  const { Arn, FilterArns } = (body.Destination ?? {}) as { Arn?: string; FilterArns?: string[] };
  const bus = getBus(buses, textOf({ 'Destination.Arn': Arn }, 'Destination.Arn'));
  if (bus.name !== archive.busName) throw isNotValid('Destination.Arn', 'Cross event bus replay is not permitted.');
  const foreign = FilterArns?.find((arn) => rules.get(arn)?.busName !== bus.name);
  if (foreign !== undefined) {
    throw isNotValid('Destination.FilterArns', `${foreign} is not a rule of event bus ${bus.name}.`);
  }
  const [fromMs, toMs] = [body.EventStartTime, body.EventEndTime].map((time) => toMilliseconds(time, Number.NaN));
  if (fromMs === undefined || toMs === undefined || !(fromMs < toMs)) {
    throw isNotValid('EventEndTime', 'EventStartTime must be before EventEndTime.');
  }
  if (fromMs > clock.now()) throw isNotValid('EventStartTime', 'EventStartTime must not be in the future.');
  return {
    name,
    archiveName: archive.name,
    busName: bus.name,
    fromMs,
    toMs,
    ...(FilterArns !== undefined && FilterArns.length > 0 && { ruleArns: FilterArns }),
    ...(typeof body.Description === 'string' && { description: body.Description }),
  };
}

function isNotValid(parameter: string, reason: string) {
  return isInvalid(`Parameter ${parameter} is not valid. Reason: ${reason}`);
}
