import type { StrikeRule } from './cells';
import {
  AFTER_THE_UNDO,
  AFTER_THE_WINDOWS,
  after,
  before,
  crash,
  FAILS,
  LAMBDA,
  PARTY,
  PARTY_STEPS,
  SECOND_MS,
  SILENCE,
  SKEWS,
  SOON,
  STEPS,
  TABLE,
  THROTTLES,
  twin,
} from './fate-lists';

/** What each cell means, and how it is played, while an order is undone or repaired (points 8 and 9). */
export const REPAIR_STRIKES: Readonly<Record<string, StrikeRule>> = {
  'F1/8': { meaning: 'an undo, or a read, write or request that it makes, fails', fates: FAILS },
  'F1/9': { meaning: 'the sweeper, a redrive or a step of a repair fails', fates: FAILS },
  'F2/8': {
    meaning: 'an undo takes effect, and whoever asked for it hears nothing',
    fates: [SILENCE, ...after('500')],
  },
  'F2/9': {
    meaning: 'what a repair does takes effect, and the repair hears nothing',
    fates: [SILENCE, ...after('500')],
  },
  'F3/8': { meaning: 'an undo is given up, tried again, and lands after all of it', fates: AFTER_THE_UNDO },
  'F4/8': {
    meaning: 'steps never run, and their undos come twice or with a lost answer',
    fates: [...SOON, SILENCE],
    only: LAMBDA,
  },
  'F4/9': {
    meaning: 'a repair undoes what never ran, and its commands come twice or with a lost answer',
    fates: [...SOON, SILENCE],
    only: STEPS,
  },
  'F5/8': {
    meaning: 'an undo, or a request that it makes, arrives twice',
    fates: SOON,
    only: { edges: ['lambda', 'party'] },
  },
  'F5/9': {
    meaning: 'the sweeper runs twice, a repair is started twice, its steps arrive twice',
    fates: SOON,
    only: { edges: ['lambda', 'party', 'states'] },
  },
  'F7/8': { meaning: 'an undo or what it calls is throttled', fates: THROTTLES },
  'F7/9': { meaning: 'the sweeper, a redrive or a repair is throttled', fates: THROTTLES },
  'F8/8': {
    meaning: 'a write of an undo is in conflict with a transaction, or meets itself in its condition',
    fates: [...before('TransactionConflictException'), ...after('500')],
    only: { ...TABLE, writes: true },
  },
  'F11/8': {
    meaning: 'the function of an undo dies before or after one of its writes',
    fates: crash(0, 1, 2),
    only: LAMBDA,
  },
  'F11/9': {
    meaning: 'the sweeper or a function of a repair dies before or after a write',
    fates: crash(0, 1, 2),
    only: LAMBDA,
  },
  'F12/8': {
    meaning: 'functions or parties that undos need are down for ten minutes',
    fates: before('503'),
    pace: 'outage',
  },
  'F13/8': {
    meaning: 'an undo comes again when every key is forgotten',
    fates: AFTER_THE_WINDOWS,
    only: { edges: ['lambda', 'party'] },
  },
  'F13/9': {
    meaning: 'a step of a repair comes again when every key is forgotten',
    fates: AFTER_THE_WINDOWS,
    only: { edges: ['lambda', 'party'] },
  },
  'F14/9': {
    meaning: 'the index that the sweeper reads is behind its table',
    fates: [{ kind: 'stale' }],
    only: { ...TABLE, writes: false },
  },
  'F15/9': {
    meaning: 'the clock of the sweeper or of a step of a repair is wrong by up to 30 s',
    fates: SKEWS,
    only: LAMBDA,
  },
  'F16/8': {
    meaning: 'the execution is stopped by hand while an undo is under way',
    fates: [{ kind: 'stop' }],
    pace: 'once',
    only: LAMBDA,
  },
  'F16/9': {
    meaning: 'a repair is stopped by hand, or a second one is started by hand',
    fates: [...Array.from({ length: 3 }, () => ({ kind: 'stop' }) as const), ...twin(0, 2 * SECOND_MS, 50 * SECOND_MS)],
    pace: 'stubborn',
    only: { edges: ['lambda', 'states'] },
  },
  'F17/8': {
    meaning: 'the party answers 500 to a refund or a cancellation and has done it',
    fates: after('500', '503'),
    pace: 'once',
    only: PARTY,
  },
  'F19/8': {
    meaning:
      'the circuit to the provider or the carrier refuses undos: once, a few times, or for as long as they are repeated',
    fates: before('CircuitOpenError'),
    only: PARTY_STEPS,
  },
  'F19/9': {
    meaning: 'the circuit to the provider or the carrier refuses steps and undos of a repair',
    fates: before('CircuitOpenError'),
    only: PARTY_STEPS,
  },
};
