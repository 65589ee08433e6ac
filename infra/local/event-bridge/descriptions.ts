/** What the operations that list and describe show, in the members of the API. */
import type { Archive, Archives } from './archives';
import type { EventBus } from './event-bus';
import { archiveArn, eventBusArn, type Place } from './names';
import type { Replay } from './replays';
import type { Rule } from './rule';

export function describeBus({ name, createdAtMs }: EventBus, place: Place) {
  const atSeconds = createdAtMs / 1000;
  return { Name: name, Arn: eventBusArn(place, name), CreationTime: atSeconds, LastModifiedTime: atSeconds };
}

export function describeRule({ arn, busName, definition }: Rule) {
  const { name, eventPattern, state, description, roleArn } = definition;
  return {
    Name: name,
    Arn: arn,
    EventBusName: busName,
    EventPattern: eventPattern,
    State: state,
    ...(description !== undefined && { Description: description }),
    ...(roleArn !== undefined && { RoleArn: roleArn }),
  };
}

export async function describeArchive(archive: Archive, archives: Archives, place: Place) {
  const { name, busName, description, eventPattern, retentionDays = 0, createdAtMs } = archive;
  const events = await archives.events(name);
  return {
    ArchiveArn: archiveArn(place, name),
    ArchiveName: name,
    EventSourceArn: eventBusArn(place, busName),
    State: 'ENABLED',
    RetentionDays: retentionDays,
    SizeBytes: events.reduce((bytes, { event }) => bytes + Buffer.byteLength(JSON.stringify(event)), 0),
    EventCount: events.length,
    CreationTime: createdAtMs / 1000,
    Description: description,
    EventPattern: eventPattern,
  };
}

export function describeReplay(replay: Replay, place: Place) {
  const { name, archiveName, state, fromMs, toMs, startedAtMs, endedAtMs, last } = replay;
  return {
    ReplayName: name,
    EventSourceArn: archiveArn(place, archiveName),
    State: state,
    EventStartTime: fromMs / 1000,
    EventEndTime: toMs / 1000,
    ReplayStartTime: startedAtMs / 1000,
    ...(endedAtMs !== undefined && { ReplayEndTime: endedAtMs / 1000 }),
    ...(last !== undefined && { EventLastReplayedTime: last.atMs / 1000 }),
  };
}
