/** Control characters (terminal escapes among them) and characters that reorder or hide text. */
export const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNFIT_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a file or a file name, made fit for a terminal, a log or a tooltip: unfit characters become "\uFFFD", line
 * breaks among them, and truncates long text with an ellipsis.
 */
export function printable(text: string, limit = 300): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(UNFIT, '\uFFFD');
}

/** As {@link printable}, for a whole message: line breaks and tabs stay, and nothing is cut. */
export function printableLines(text: string): string {
  return text.replace(UNFIT_IN_LINES, '\uFFFD');
}

/** JSON that says the same and can be looked at in a terminal: unfit characters are escaped. */
export function printableJson(value: object): string {
  return JSON.stringify(value).replace(UNFIT, (unfit) =>
    Array.from({ length: unfit.length }, (_, at) => `\\u${unfit.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}
