/** One family in the gallery. */
export interface GalleryCard {
  readonly name: string;
  /** A sentence, ending in a period. */
  readonly sentence: string;
  /** Location of a picture of what a trained model makes, and a description of it. */
  readonly picture: { readonly source: string; readonly words: string };
  /** Data sets that it can be trained on without further settings; the first is its own. */
  readonly sets: readonly { readonly title: string; readonly command: string }[];
}

export interface GalleryPage {
  readonly groups: readonly { readonly title: string; readonly cards: readonly GalleryCard[] }[];
  /** Other ways to begin, each a link to a command. */
  readonly own: readonly { readonly title: string; readonly command: string }[];
  readonly style: string;
  readonly cspSource: string;
}

/** The gallery's page: it has no script, and its links run commands of ours. */
export function galleryHtml({ groups, own, style, cspSource }: GalleryPage): string {
  const policy = `default-src 'none'; style-src ${cspSource}; img-src ${cspSource}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<link rel="stylesheet" href="${escaped(style)}">
<title>Models</title>
</head>
<body data-view="gallery">
<main>
<div class="head"><h1>Models</h1><nav class="own" aria-label="Other ways to begin">${own.map(({ title, command }) => link(command, title)).join('')}</nav></div>
${groups.map(({ title, cards }) => `<h2>${escaped(title)}</h2>\n<ul>${cards.map(item).join('')}</ul>`).join('\n')}
</main>
</body>
</html>`;
}

function item({ name, sentence, picture, sets }: GalleryCard): string {
  const [first, ...others] = sets;
  const label = (title: string) => `Train ${name} on ${title}`;
  return `<li>
<img src="${escaped(picture.source)}" alt="${escaped(picture.words)}">
<div class="text"><h3>${escaped(name)}</h3><p>${escaped(sentence)}</p>
<div class="actions">${first === undefined ? '' : link(first.command, `Train on ${first.title}`, label(first.title), 'first')}${others
    .map(({ title, command }) => link(command, title, label(title)))
    .join('')}</div></div>
</li>`;
}

function link(command: string, title: string, label = title, kind = ''): string {
  const name = kind === '' ? '' : ` class="${kind}"`;
  return `<a${name} href="${escaped(command)}" title="${escaped(label)}" aria-label="${escaped(label)}">${escaped(title)}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
