import { breakLines, type LayerCommand } from '../../core/oci/layerCommand.ts';
import { copyButton } from '../ui/copyButton.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import type { LayerModel } from './layerModel.ts';

export interface LayerDetails {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
}

/** What a row shows when it is open: the whole command, the whole digest, the media type. */
export function layerDetails(layer: LayerModel, context: PanelContext, id: string): LayerDetails {
  const { strings } = context;
  const { command, wholeCommand } = layer;
  const copyCommand = wholeCommand === undefined ? undefined : commandCopyButton(layer.number, wholeCommand, context);
  const content = element('td', { colspan: 5 }, [
    command === undefined
      ? undefined
      : element('div', { class: 'command-block' }, [
          element('code', {}, commandNodes({ ...command, text: breakLines(command.text) })),
          copyCommand,
        ]),
    element('dl', {}, [
      element('dt', {}, [strings.digest]),
      element('dd', {}, [element('code', {}, [layer.digest])]),
      element('dt', {}, [strings.mediaType]),
      element('dd', {}, [element('code', {}, [layer.mediaType])]),
    ]),
  ]);
  return {
    node: element('tr', { class: 'layer-details', id }, [content]),
    controls: copyCommand === undefined ? [] : [copyCommand],
  };
}

export function commandNodes({ instruction, text }: LayerCommand): Child[] {
  return [instruction === undefined ? undefined : element('span', { class: 'instruction' }, [`${instruction} `]), text];
}

function commandCopyButton(number: string, text: string, { strings, announce, post }: PanelContext): HTMLButtonElement {
  return copyButton({
    label: fill(strings.copyCommand, number),
    copied: strings.copied,
    announce,
    copy: () => post({ type: 'copy', what: 'command', text }),
  });
}
