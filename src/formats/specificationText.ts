import { parseNewSpecification, SpecificationError, type Specification } from '../protocol/specification';
import type { SpecificationIssue } from '../protocol/specificationIssues';
import { parseLocatedJson, syntaxWords, type LocatedJson } from './locatedJson';
import { JsonSyntaxError, type Span } from './strictJson';

/** One thing that is wrong with the text of a specification, and where. */
export interface SpecificationProblem {
  readonly span: Span;
  /** A sentence without its full stop. */
  readonly message: string;
  readonly kind: 'syntax' | 'specification';
  /** Suggested replacement of the span. */
  readonly replacement?: string;
}

/** Thrown for an invalid specification. The message names the first problem, its line and the number of further ones. */
export class SpecificationTextError extends Error {
  override name = 'SpecificationTextError';
  constructor(
    name: string,
    text: string,
    readonly problems: readonly [SpecificationProblem, ...SpecificationProblem[]],
  ) {
    const [{ kind, message, span }, ...others] = problems;
    const line = text.slice(0, span[0]).split('\n').length;
    const first = ended(kind === 'syntax' ? `${name} is not JSON: ${message}` : `${name}, line ${line}: ${message}`);
    super(others.length === 0 ? first : `${first} And ${others.length} more.`);
  }
}

/** As a sentence; one that ends with a question has its mark already. */
function ended(words: string): string {
  return words.endsWith('?') ? words : `${words}.`;
}

/** Decodes the text of a `*.latent.json` file called `name`. Throws {@link SpecificationTextError}. */
export function parseSpecificationText(text: string, name: string): Specification {
  const [first, ...others] = specificationProblems(text);
  if (first !== undefined) throw new SpecificationTextError(name, text, [first, ...others]);
  return parseNewSpecification(parseLocatedJson(text).value);
}

/** All problems of a specification's text; for invalid JSON, only the first syntax error. */
export function specificationProblems(text: string): SpecificationProblem[] {
  let json: LocatedJson;
  try {
    json = parseLocatedJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const start = Math.min(error.at, Math.max(0, text.length - 1));
    return [{ kind: 'syntax', span: [start, Math.min(start + 1, text.length)], message: syntaxWords(error, text) }];
  }
  try {
    parseNewSpecification(json.value);
    return [];
  } catch (error) {
    if (!(error instanceof SpecificationError)) throw error;
    return error.issues.map((issue) => located(issue, json)).sort((a, b) => a.span[0] - b.span[0]);
  }
}

function located(issue: SpecificationIssue, json: LocatedJson): SpecificationProblem {
  const { path, keys, unknownKey, suggestion } = issue;
  const message = `${path || 'the specification'} ${issue.message}`;
  if (unknownKey !== undefined) {
    const span = json.span([...keys, unknownKey], 'key') ?? nearestSpan(keys, json);
    // A key that is there already cannot be meant a second time.
    const taken = suggestion !== undefined && json.span([...keys, suggestion], 'key') !== undefined;
    return { kind: 'specification', span, message, replacement: taken ? undefined : quoted(suggestion) };
  }
  const value = json.span(keys, 'value');
  if (suggestion !== undefined && value !== undefined) {
    return { kind: 'specification', span: value, message, replacement: quoted(suggestion) };
  }
  return { kind: 'specification', span: nearestSpan(keys, json), message };
}

/** The value if it is short, otherwise its key; for a missing key, the key of its parent. */
function nearestSpan(keys: readonly (string | number)[], json: LocatedJson): Span {
  for (let length = keys.length; length > 0; length--) {
    const at = keys.slice(0, length);
    const [key, value] = [json.span(at, 'key'), json.span(at, 'value')];
    if (value !== undefined && length === keys.length && (key === undefined || value[1] - value[0] <= 40)) return value;
    if (key !== undefined) return key;
  }
  const whole = json.span([], 'value') ?? [0, 0];
  return [whole[0], Math.min(whole[0] + 1, whole[1])];
}

function quoted(word: string | undefined): string | undefined {
  return word === undefined ? undefined : JSON.stringify(word);
}
