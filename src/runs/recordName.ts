/** Name of the record in a run directory; apart from what reads it, so that looking for runs loads no schema. */
export const RECORD_FILE = 'run.json';
