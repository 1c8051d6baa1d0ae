// Errors for the user: no stack, but what happened, why, and what to do next.

/** An error whose message suffices for the user; {@link runMain} prints it without a stack. */
export class Problem extends Error {
  /** @override */
  name = 'Problem';
  /**
   * @param {string} what what happened, in one sentence
   * @param {{why?: string, next?: string}} [more] the reason as far as it is known, and what to do next
   */
  constructor(what, { why, next } = {}) {
    super([what, why, next].filter(Boolean).join('\n  '));
  }
}

/**
 * Runs a script's main function; a {@link Problem} ends the process with its words, anything else with its stack.
 * @param {() => Promise<number | void>} main its number is the exit code
 */
export async function runMain(main) {
  try {
    const code = await main();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    process.stderr.write(`\n${error instanceof Problem ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
