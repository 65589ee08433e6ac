import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { parseEventPattern } from '../event-pattern';
import { isObject } from '../event-pattern-operators';
import type { KeyValueStore } from '../storage/key-value-store';
import { type Archive, listArchived } from './archive';
import { parseJson } from './event';
import { archiveArn, eventsArn, type Place, toArchiveName } from './names';
import type { Replay, Replays } from './replays';
import type { Rule } from './rule';

type Body = Readonly<Record<string, unknown>>;

/** What the operations work on. */
export interface Backend {
  readonly place: Place;
  readonly store: KeyValueStore;
  readonly clock: Clock;
  /** By ARN. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly archives: ReadonlyMap<string, Archive>;
  readonly replays: Replays;
  /** @throws {AwsError} `ResourceNotFoundException` */
  getBusName(nameOrArn: unknown): string;
  putEvents(body: Body): Promise<Body>;
}

interface Operation {
  readonly members: readonly string[];
  run(backend: Backend, body: Body): Promise<Body>;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutEvents: { members: ['Entries'], run: (backend, body) => backend.putEvents(body) },
  TestEventPattern: {
    members: ['EventPattern', 'Event'],
    run: async (_, { EventPattern, Event }) => {
      const event = parseJson(String(Event));
      if (!isObject(event)) throw isNotValid('Event');
      return { Result: parseEventPattern(String(EventPattern))(event) };
    },
  },
  ListRules: {
    members: ['NamePrefix', 'EventBusName'],
    run: async ({ rules, getBusName }, body) => {
      const busName = getBusName(body.EventBusName);
      const onBus = [...rules.values()].filter((rule) => rule.busName === busName);
      return { Rules: onBus.map(describeRule).filter(({ Name }) => hasPrefix(Name, body)) };
    },
  },
  DescribeArchive: {
    members: ['ArchiveName'],
    run: async (backend, { ArchiveName }) => {
      const archive = backend.archives.get(String(ArchiveName));
      if (archive) return describeArchive(archive, backend);
      throw new AwsError('ResourceNotFoundException', `Archive ${ArchiveName} does not exist.`);
    },
  },
  StartReplay: {
    members: ['ReplayName', 'Description', 'EventSourceArn', 'EventStartTime', 'EventEndTime', 'Destination'],
    run: startReplay,
  },
  DescribeReplay: {
    members: ['ReplayName'],
    run: async ({ replays }, { ReplayName }) => ({ ...(await replays.get(String(ReplayName))) }),
  },
  ListReplays: {
    members: ['NamePrefix', 'State', 'EventSourceArn'],
    run: async ({ replays }, body) => {
      const named = (await replays.list()).filter(({ ReplayName }) => hasPrefix(ReplayName, body));
      const fits = (member: 'State' | 'EventSourceArn') => (replay: Replay) =>
        body[member] === undefined || body[member] === replay[member];
      return { Replays: named.filter(fits('State')).filter(fits('EventSourceArn')) };
    },
  },
  CancelReplay: {
    members: ['ReplayName'],
    run: async ({ replays }, { ReplayName }) => {
      const { ReplayArn } = await replays.cancel(String(ReplayName));
      return { ReplayArn, State: 'CANCELLING' };
    },
  },
};

function hasPrefix(name: string, { NamePrefix = '' }: Body): boolean {
  return name.startsWith(String(NamePrefix));
}

function describeRule({ arn, busName, definition: { Targets, ...definition } }: Rule) {
  return { State: 'ENABLED', ...definition, Arn: arn, EventBusName: busName };
}

async function describeArchive(archive: Archive, { place, store, clock }: Backend): Promise<Body> {
  const { SourceArn, ...definition } = archive.definition;
  const archived = await listArchived(store, clock, archive);
  return {
    ...definition,
    RetentionDays: archive.retentionDays,
    ArchiveArn: archiveArn(place, definition.ArchiveName),
    EventSourceArn: SourceArn,
    State: 'ENABLED',
    SizeBytes: archived.reduce((bytes, { event }) => bytes + Buffer.byteLength(JSON.stringify(event)), 0),
    EventCount: archived.length,
    CreationTime: archive.createdAtMs / 1000,
  };
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html */
async function startReplay({ place, clock, rules, replays, getBusName, archives }: Backend, body: Body) {
  const asked = body as unknown as Omit<Replay, 'ReplayArn' | 'State' | 'ReplayStartTime'>;
  const { Arn, FilterArns = [] } = asked.Destination;
  const archiveName = toArchiveName(asked.EventSourceArn);
  const archive = archives.get(archiveName);
  if (archive === undefined) throw isNotValid('EventSourceArn', `Archive ${archiveName} does not exist.`);
  const busName = getBusName(Arn);
  if (busName !== archive.busName) throw isNotValid('Destination.Arn', 'Cross event bus replay is not permitted.');
  const foreign = FilterArns.find((arn) => rules.get(arn)?.busName !== busName);
  if (foreign !== undefined) {
    throw isNotValid('Destination.FilterArns', `${foreign} is not a rule of event bus ${busName}.`);
  }
  // A time that is absent is not before anything.
  if (!(asked.EventStartTime < asked.EventEndTime)) {
    throw isNotValid('EventEndTime', 'EventStartTime must be before EventEndTime.');
  }
  const begun = {
    ReplayArn: eventsArn(place, `replay/${asked.ReplayName}`),
    State: 'STARTING',
    ReplayStartTime: clock.now() / 1000,
  } as const;
  await replays.start({ ...asked, ...begun });
  return begun;
}

function isNotValid(parameter: string, reason?: string): AwsError {
  const why = reason === undefined ? '' : ` Reason: ${reason}`;
  return new AwsError('ValidationException', `Parameter ${parameter} is not valid.${why}`);
}
