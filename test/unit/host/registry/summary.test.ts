import { describe, expect, it } from 'vitest';
import { summarize, type RunFacts } from '../../../../src/host/registry/summary';
import type { RunRecord } from '../../../../src/protocol/run';
import { found, liveState, record } from '../support/runs';

const facts = (change: Partial<RunFacts> = {}): RunFacts => ({
  key: 'k',
  name: 'vae-mnist-001',
  color: 0,
  record: record(),
  lock: found().lock,
  trusted: true,
  ...change,
});
const stale = { state: 'stale', holder: undefined as never, evidence: 'Process 4242 has ended.' } as const;

/** Of an encoder and a decoder without a prior. */
const UNSAMPLED: RunRecord['capabilities'] = {
  ...{ sampling: null, likelihood: null, classes: 0 },
  latent: { size: 2, prior: null, encodes: 'point', decodes: true },
};

describe('how a run stands', () => {
  it('is what its trainer says, while we are attached', () => {
    const run = summarize(facts({ live: liveState({ status: 'paused' }), trainer: { pid: 4242 } }));
    expect(run).toMatchObject({ status: 'paused', step: 60, stepsPerSecond: 86 });
    expect(run.evidence).toContain('4242');
    expect(run.intents).toEqual(['resume', 'step', 'stop', 'checkpoint', 'sample', 'pace']);
  });

  it('offers no samples of a family that has no distribution to draw them from', () => {
    const run = summarize(facts({ live: liveState(), record: record({ capabilities: UNSAMPLED }) }));
    expect(run.intents).toEqual(['pause', 'stop', 'checkpoint', 'pace']);
  });

  it('is what the record claims while its lock is held, with nothing to press until we are attached', () => {
    const run = summarize(facts({ attachProblem: 'The trainer is silent.' }));
    expect(run).toMatchObject({ status: 'running', stepsPerSecond: null, intents: [] });
    expect(run.evidence).toMatch(/holds its lock.*silent/);
  });

  it.each([undefined, stale, { state: 'free', evidence: 'No trainer holds its lock.' } as const])(
    'is interrupted when the record claims a trainer that does not live (%j)',
    (lock) => {
      const run = summarize(facts({ lock }));
      expect(run).toMatchObject({ status: 'interrupted', intents: ['continue'] });
      expect(run.evidence).toContain('“running”');
    },
  );

  it('never says interrupted of a run that another machine may train', () => {
    const run = summarize(facts({ lock: { state: 'unknown', evidence: 'Taken on another machine.' } }));
    expect(run).toMatchObject({ status: 'running', intents: [] });
  });

  it.each(['stopped', 'finished', 'failed', 'created'] as const)('of a run that is %s can be continued', (status) => {
    expect(summarize(facts({ record: record({ status }), lock: undefined }))).toMatchObject({
      status,
      intents: ['continue'],
    });
  });

  it('shows the failure of a failed run only while it is failed', () => {
    const failure = { kind: 'not-a-number', message: 'The loss is not a number.' } as const;
    expect(summarize(facts({ record: record({ status: 'failed', failure }), lock: undefined })).failure).toEqual(
      failure,
    );
    expect(
      summarize(facts({ record: record({ status: 'stopped', failure }), lock: undefined })).failure,
    ).toBeUndefined();
  });

  it('offers nothing in an untrusted workspace, whatever the status', () => {
    expect(summarize(facts({ trusted: false, live: liveState() })).intents).toEqual([]);
    expect(summarize(facts({ trusted: false, lock: undefined })).intents).toEqual([]);
  });

  it('lets look into the newest checkpoint of a run that rests, by what its family can do', () => {
    const resting = (change: Partial<RunFacts> = {}) =>
      summarize(facts({ record: record({ status: 'stopped' }), lock: undefined, ...change })).inspections;
    expect(resting()).toEqual(['sample', 'evaluate', 'quality']);
    expect(resting({ trusted: false })).toEqual([]);
    expect(resting({ record: record({ status: 'created', step: 0 }) })).toEqual([]);
    expect(resting({ lock: found().lock, record: record() })).toEqual([]);
    const codes = record({ status: 'finished', capabilities: UNSAMPLED });
    expect(resting({ record: codes })).toEqual(['evaluate']);
  });

  it('says why a live trainer cannot be reached, and what to do', () => {
    const { obstacle } = summarize(facts({ attachProblem: 'It speaks version 1 of the protocol.' }));
    expect(obstacle?.message).toContain('version 1');
    expect(obstacle?.remedy).toContain('can be resumed');
    expect(summarize(facts({ live: liveState(), attachProblem: 'Silent before.' })).obstacle).toBeUndefined();
    const ended = facts({ attachProblem: 'Silent.', record: record({ status: 'finished' }), lock: undefined });
    expect(summarize(ended).obstacle).toBeUndefined();
  });

  it('says of a record that cannot be read what to do', () => {
    expect(summarize(facts({ record: undefined, problem: 'It is too large.' })).failure?.remedy).toContain('Repair');
  });

  it('is foreign without a record, and says why', () => {
    expect(summarize(facts({ record: undefined, problem: 'run.json is too large.' }))).toMatchObject({
      status: 'foreign',
      evidence: 'run.json is too large.',
      intents: [],
    });
  });
});

describe('what a resume may change', () => {
  const hyperparameters = [{ name: 'beta', title: 'β', value: 1, minimum: 0, maximum: 10 }];
  const changes = [{ step: 30, name: 'beta', before: 1, value: 5 }];
  const revisable = (change: Partial<RunFacts>, status: RunRecord['status'] = 'stopped') =>
    summarize(facts({ lock: undefined, record: record({ status, hyperparameters, changes }), ...change })).revisable;

  it.each(['stopped', 'failed', 'running'] as const)(
    'of a run that ended as %s is any value, and an edit that came after the newest checkpoint',
    (status) => {
      expect(revisable({ resumesFrom: 24 }, status)).toBe('edited');
      expect(revisable({ resumesFrom: 30 }, status)).toBe('plain');
    },
  );

  it('is nothing of a run that has finished, that trains, that has none, or in Restricted Mode', () => {
    expect(revisable({ resumesFrom: 24 }, 'finished')).toBeUndefined();
    expect(revisable({ resumesFrom: 24, live: liveState(), lock: found().lock }, 'running')).toBeUndefined();
    expect(revisable({ resumesFrom: 24, record: record({ status: 'stopped', changes }) })).toBeUndefined();
    expect(revisable({ resumesFrom: 24, trusted: false })).toBeUndefined();
  });
});
