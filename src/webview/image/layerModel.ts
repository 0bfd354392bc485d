import type { LayerSummary } from '../../api.ts';
import { commandLine, type LayerCommand, readLayerCommand } from '../../core/oci/layerCommand.ts';
import type { ImagePanelStrings } from '../../messages.ts';
import type { Formats } from '../ui/format.ts';
import { cut, fill, visibleText } from '../ui/text.ts';
import { shares } from './layerScale.ts';

/** What tells the layers apart: the commands that made an image, the types of the parts of an artifact. */
export type LayerSubject = 'command' | 'mediaType';

/** A layer in the words and numbers that the bar and the table show. */
export interface LayerModel {
  readonly index: number;
  readonly number: string;
  readonly bytes: number;
  readonly size: string;
  readonly exactSize: string;
  /** 0 to 1, of all layers together. */
  readonly share: number;
  readonly percent: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Cut where nobody would read on. */
  readonly command?: LayerCommand;
  /** For the clipboard: uncut, but what hides in it stays written as escapes, since it may go into a terminal. */
  readonly wholeCommand?: string;
  /** The whole of it in one sentence, for tooltips and screen readers. */
  readonly description: string;
}

/** Heredocs hold whole scripts. */
const longestCommand = 20_000;
const longestSpokenCommand = 160;

export function layerModels(
  layers: readonly LayerSummary[],
  subject: LayerSubject,
  strings: Pick<ImagePanelStrings, 'layerDescription' | 'noCommand' | 'moreCharacters'>,
  formats: Formats,
): LayerModel[] {
  const parts = shares(layers.map((layer) => layer.size));
  return layers.map((layer, index) => {
    const share = parts[index] ?? 0;
    const number = formats.count(index + 1);
    const size = formats.size(layer.size);
    const percent = formats.percent(share);
    const whole = layer.command ? readLayerCommand(visibleText(layer.command)) : undefined;
    const command = whole && cutCommand(whole, strings.moreCharacters, formats);
    const mediaType = visibleText(layer.mediaType);
    const made = command === undefined ? strings.noCommand : shorten(commandLine(command));
    return {
      index,
      number,
      bytes: layer.size,
      size,
      exactSize: formats.exactSize(layer.size),
      share,
      percent,
      digest: visibleText(layer.digest),
      mediaType,
      ...(whole && command && { command, wholeCommand: commandLine(whole) }),
      description: fill(strings.layerDescription, number, size, percent, subject === 'command' ? made : mediaType),
    };
  });
}

function cutCommand(command: LayerCommand, moreCharacters: string, formats: Formats): LayerCommand {
  const { text, left } = cut(command.text, longestCommand);
  return left === 0 ? command : { ...command, text: `${text} ${fill(moreCharacters, formats.count(left))}` };
}

function shorten(command: string): string {
  const line = command.replace(/\s+/g, ' ');
  const { text, left } = cut(line, longestSpokenCommand);
  return left === 0 ? text : `${text}…`;
}
