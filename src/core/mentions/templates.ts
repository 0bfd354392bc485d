/**
 * The text with each template action (`{{ … }}`, `{% … %}`) replaced by as many other characters, so that YAML can be read
 * around them: by blanks where a line has nothing else, by letters where it is a part of a value. Places stay the same.
 */
export function maskTemplates(text: string): string {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  const parts: string[] = [];
  let index = 0;
  for (;;) {
    const start = nextOpening(text, index);
    if (start < 0) break;
    const end = text.indexOf(text.charAt(start + 1) === '%' ? '%}' : '}}', start + 2);
    if (end < 0) break;
    parts.push(text.slice(index, start), mask(text, start, end + 2));
    index = end + 2;
  }
  parts.push(text.slice(index));
  return parts.join('');
}

function nextOpening(text: string, index: number): number {
  for (let start = text.indexOf('{', index); start >= 0; start = text.indexOf('{', start + 1)) {
    const next = text.charAt(start + 1);
    if (next === '{' || next === '%') return start;
  }
  return -1;
}

function mask(text: string, start: number, end: number): string {
  const isAlone = isBlankBefore(text, start) && isBlankAfter(text, end);
  return text.slice(start, end).replaceAll(/[^\n\r]/g, isAlone ? ' ' : 'x');
}

function isBlankBefore(text: string, start: number): boolean {
  let index = start - 1;
  while (index >= 0 && (text[index] === ' ' || text[index] === '\t')) index--;
  return index < 0 || text[index] === '\n';
}

function isBlankAfter(text: string, end: number): boolean {
  let index = end;
  while (index < text.length && (text[index] === ' ' || text[index] === '\t' || text[index] === '\r')) index++;
  return index >= text.length || text[index] === '\n';
}
