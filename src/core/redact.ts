/** What stands in the place of what is not shown. */
const mark = '…';

/** Shorter texts would blacken words that happen to be the same. */
const shortestSecret = 4;

/** Forms of secrets, where they are known by what stands before them or by how they begin. */
const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b((?:proxy-)?authorization|x-registry-auth|(?:set-)?cookie)\s*[:=].*/gi, `$1: ${mark}`],
  [/\b(Bearer|Basic|Negotiate|NTLM)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${mark}`],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, mark],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|gldt-|dckr_pat_|dckr_oat_|AKIA|ASIA|ya29\.|xox[a-z]-)[\w.-]{6,}/g, mark],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s@]{1,500}@/gi, `$1${mark}@`],
  [/([?&](?!(?:n|last|scope|service|artifactType|page|page_size)=)[^=&\s]{1,100})=[^&\s]+/g, `$1=${mark}`],
  [/\b(\w{0,20}(?:passw(?:or)?d|secret|token|api[_-]?key))(["']?\s*[:=]\s*["']?)[^\s"',}]{2,}/gi, `$1$2${mark}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
];

/**
 * A text without what may be secret: second to never writing it. `secrets` are those that are known, which go in the forms
 * too that they take in headers and addresses.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let shown = text;
  for (const form of secrets.filter(({ length }) => length >= shortestSecret).flatMap(formsOf)) {
    shown = shown.replaceAll(form, mark);
  }
  for (const [pattern, replacement] of patterns) shown = shown.replace(pattern, replacement);
  return shown;
}

function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret.replace(/\p{Cs}/gu, '')), JSON.stringify(secret).slice(1, -1)];
}
