import type { Clock } from '../clock';
import { parseEventPattern } from '../event-pattern';
import type { Archives } from './archives';
import { describeArchive, describeBus, describeReplay, describeRule } from './descriptions';
import { type EventBus, getBus } from './event-bus';
import { eventBusArn, type Place, replayArn } from './names';
import type { Replays } from './replays';
import { type Body, isInvalid, notFound, page, textOf } from './request';
import type { Rule } from './rule';
import { readReplay } from './start-replay';

/** What the operations work on. */
export interface Backend {
  readonly place: Place;
  readonly clock: Clock;
  readonly buses: ReadonlyMap<string, EventBus>;
  /** By ARN. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly archives: Archives;
  readonly replays: Replays;
  putEvents(body: Body): Promise<Record<string, unknown>>;
}

interface Operation {
  readonly members: readonly string[];
  run(backend: Backend, body: Body): Promise<Record<string, unknown>> | Record<string, unknown>;
}

const PAGE = ['NamePrefix', 'Limit', 'NextToken'];

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutEvents: { members: ['Entries'], run: (backend, body) => backend.putEvents(body) },
  TestEventPattern: {
    members: ['EventPattern', 'Event'],
    run: (_backend, body) => {
      const matches = parseEventPattern(textOf(body, 'EventPattern'));
      return { Result: matches(parseEvent(textOf(body, 'Event'))) };
    },
  },
  ListEventBuses: {
    members: PAGE,
    run: ({ buses, place }, body) =>
      page(
        [...buses.values()].map((bus) => describeBus(bus, place)),
        ({ Name }) => Name,
        'EventBuses',
        body,
      ),
  },
  DescribeEventBus: {
    members: ['Name'],
    run: ({ buses, place }, body) => describeBus(getBus(buses, body.Name), place),
  },
  ListRules: {
    members: [...PAGE, 'EventBusName'],
    run: ({ buses, rules }, body) => {
      const { name } = getBus(buses, body.EventBusName);
      const onBus = [...rules.values()].filter(({ busName }) => busName === name);
      return page(onBus.map(describeRule), ({ Name }) => Name, 'Rules', body);
    },
  },
  DescribeRule: {
    members: ['Name', 'EventBusName'],
    run: (backend, body) => ({ ...describeRule(getRule(backend, body, 'Name')), CreatedBy: backend.place.accountId }),
  },
  ListTargetsByRule: {
    members: ['Rule', 'EventBusName', 'Limit', 'NextToken'],
    run: (backend, body) => page(getRule(backend, body, 'Rule').definition.targets, ({ Id }) => Id, 'Targets', body),
  },
  ListArchives: {
    members: [...PAGE, 'EventSourceArn', 'State'],
    run: async ({ archives, buses, place }, body) => {
      if (body.EventSourceArn !== undefined) getBus(buses, body.EventSourceArn);
      const described = await Promise.all(archives.list().map((archive) => describeArchive(archive, archives, place)));
      const asked = described.map(({ ArchiveArn, Description, EventPattern, ...listed }) => listed);
      return page(asked.filter(fitsTo(body)), ({ ArchiveName }) => ArchiveName, 'Archives', body);
    },
  },
  DescribeArchive: {
    members: ['ArchiveName'],
    run: ({ archives, place }, body) => {
      const name = textOf(body, 'ArchiveName');
      const archive = archives.find(name);
      if (archive === undefined) throw notFound(`Archive ${name} does not exist.`);
      return describeArchive(archive, archives, place);
    },
  },
  StartReplay: {
    members: ['ReplayName', 'Description', 'EventSourceArn', 'EventStartTime', 'EventEndTime', 'Destination'],
    run: async (backend, body) => {
      const { name, state, startedAtMs } = await backend.replays.start(readReplay(backend, body));
      return { ReplayArn: replayArn(backend.place, name), State: state, ReplayStartTime: startedAtMs / 1000 };
    },
  },
  DescribeReplay: {
    members: ['ReplayName'],
    run: async ({ replays, place }, body) => {
      const name = textOf(body, 'ReplayName');
      const replay = await replays.find(name);
      if (replay === undefined) throw notFound(`Replay ${name} does not exist.`);
      const { description, busName, ruleArns } = replay;
      const Destination = { Arn: eventBusArn(place, busName), ...(ruleArns !== undefined && { FilterArns: ruleArns }) };
      return {
        ...describeReplay(replay, place),
        ReplayArn: replayArn(place, name),
        Destination,
        ...(description !== undefined && { Description: description }),
      };
    },
  },
  ListReplays: {
    members: [...PAGE, 'EventSourceArn', 'State'],
    run: async ({ replays, place }, body) => {
      const described = (await replays.list()).map((replay) => describeReplay(replay, place));
      return page(described.filter(fitsTo(body)), ({ ReplayName }) => ReplayName, 'Replays', body);
    },
  },
  CancelReplay: {
    members: ['ReplayName'],
    run: async ({ replays, place }, body) => {
      const { name, state } = await replays.cancel(textOf(body, 'ReplayName'));
      return { ReplayArn: replayArn(place, name), State: state };
    },
  },
};

function getRule({ buses, rules }: Backend, body: Body, member: string): Rule {
  const name = textOf(body, member);
  const bus = getBus(buses, body.EventBusName);
  const rule = [...rules.values()].find(({ busName, definition }) => busName === bus.name && definition.name === name);
  if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${bus.name}.`);
  return rule;
}

function parseEvent(text: string): unknown {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw isInvalid('Parameter Event is not valid.');
  }
  if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event;
  throw isInvalid('Parameter Event is not valid.');
}

/** Whether an item is of the asked source and state, where one is asked for. */
function fitsTo({ EventSourceArn, State }: Body) {
  return (item: { EventSourceArn: string; State: string }) =>
    (EventSourceArn === undefined || item.EventSourceArn === EventSourceArn) &&
    (State === undefined || item.State === State);
}
