/**
 * A text that a server wrote, without what looks like a credential: servers repeat what they were sent, and name signed
 * addresses. Taken out are values of Basic and Bearer, user names and passwords in addresses, and values of queries.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(basic|bearer)\s+[\w+/.~=-]{16,}/gi, '$1 …')
    .replace(/:\/\/[^\s/@]*@/g, '://…@')
    .replace(/([?&][\w.~-]{1,64}=)[^\s&"'<>]+/g, '$1…');
}
