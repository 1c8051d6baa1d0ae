// A reporter for vitest: keeps the errors that belong to no test (an unhandled rejection, a worker that died), which the JSON
// report leaves out. They go to the file that LATENT_STUDIO_OUTSIDE_ERRORS names, as a list of texts.
import { writeFileSync } from 'node:fs';

export default class OutsideErrors {
  onTestRunEnd(modules, errors) {
    const file = process.env.LATENT_STUDIO_OUTSIDE_ERRORS;
    if (file) writeFileSync(file, JSON.stringify(errors.map(textOf)));
  }
}

function textOf({ name, message, stack, cause }) {
  const text = stack ?? `${name}: ${message}`;
  return cause ? `${text}\nCaused by: ${textOf(cause)}` : text;
}
