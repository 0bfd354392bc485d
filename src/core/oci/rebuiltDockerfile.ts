import { isRecord } from '../isRecord.ts';
import { breakLines, readLayerCommand } from './layerCommand.ts';

/**
 * A Dockerfile that would have made an image, as far as its config's history tells: builders write down commands, not the
 * files that they copied, and nothing of base images. All of it is what the image says of itself.
 */
export function rebuiltDockerfile(config: Readonly<Record<string, unknown>>, reference: string): string {
  const history = Array.isArray(config['history']) ? config['history'].filter(isRecord) : [];
  const lines = history.flatMap((entry) => {
    const createdBy = entry['created_by'];
    const comment = entry['comment'];
    if (typeof createdBy === 'string' && createdBy.trim() !== '') return [line(createdBy)];
    const said = typeof comment === 'string' && comment.trim() !== '' ? ` (${oneLine(comment)})` : '';
    return [`# A step of which nothing is told${said}`];
  });
  return [
    `# Rebuilt by Gantry from the history of ${reference}`,
    '# It is not the file that the image was built from: copied files and base images are not told.',
    '',
    ...(lines.length === 0 ? ['# The image has no history.'] : ['FROM scratch', ...lines]),
    '',
  ].join('\n');
}

function line(createdBy: string): string {
  const { instruction, text } = readLayerCommand(createdBy);
  // What is no instruction is what some other builder said.
  if (instruction === undefined) return `# ${oneLine(text)}`;
  return `${instruction} ${continued(text)}`;
}

/** Lines that a Dockerfile would end without a sign that they go on. A here-document is left as it is. */
function continued(text: string): string {
  const broken = breakLines(text.replaceAll('\r', ''));
  if (/<<-?["']?\w/.test(text)) return text;
  return broken
    .split('\n')
    .map((part) => part.trimEnd())
    .filter((part) => part !== '')
    .map((part, index, all) => (index === all.length - 1 || part.endsWith('\\') ? part : `${part} \\`))
    .join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
