import type { RunSummary } from '../../src/protocol/views';

/** Names and icons (codicons) of a run's status in the views. */
export interface StatusLook {
  readonly label: string;
  readonly icon: string;
  /** The kind of color: of activity, of success, of caution, of failure, or none. */
  readonly tone: 'active' | 'good' | 'warning' | 'bad' | 'quiet';
}

const LOOKS: Readonly<Record<RunSummary['status'], StatusLook>> = {
  created: { label: 'Created', icon: 'circle-outline', tone: 'quiet' },
  starting: { label: 'Starting', icon: 'loading', tone: 'active' },
  running: { label: 'Training', icon: 'circle-filled', tone: 'active' },
  paused: { label: 'Paused', icon: 'debug-pause', tone: 'warning' },
  stopping: { label: 'Stopping', icon: 'loading', tone: 'active' },
  stopped: { label: 'Stopped', icon: 'debug-stop', tone: 'quiet' },
  finished: { label: 'Finished', icon: 'check', tone: 'good' },
  failed: { label: 'Failed', icon: 'error', tone: 'bad' },
  interrupted: { label: 'Interrupted', icon: 'debug-disconnect', tone: 'warning' },
  foreign: { label: 'Foreign log', icon: 'graph-line', tone: 'quiet' },
};

/** For a run with an unusable record, as opposed to a log of another program. */
const UNREADABLE: StatusLook = { label: 'Cannot be read', icon: 'warning', tone: 'warning' };

export function statusLook({ status, failure }: Pick<RunSummary, 'status' | 'failure'>): StatusLook {
  return status === 'foreign' && failure !== undefined ? UNREADABLE : LOOKS[status];
}
