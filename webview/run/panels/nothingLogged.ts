/** "No latent plane logged yet."; names such as "KL" keep their capitals. */
export function nothingLogged(title: string): string {
  return `No ${title.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase())} logged yet.`;
}
