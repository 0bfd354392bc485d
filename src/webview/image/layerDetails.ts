import { breakLines, type LayerCommand } from '../../core/oci/layerCommand.ts';
import { copyButton } from '../ui/copyButton.ts';
import { type Child, element } from '../ui/element.ts';
import { link } from '../ui/link.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { type LayerFilesPart, layerFilesPart } from './layerFiles.ts';
import type { LayerModel } from './layerModel.ts';

export interface LayerDetails {
  readonly node: HTMLElement;
  readonly controls: readonly HTMLElement[];
  /** Where it is a layer of an image. */
  readonly files: LayerFilesPart | undefined;
  readonly showShared: (references: readonly string[]) => void;
}

/** What a row shows when it is open: the whole command, the whole digest, the media type, and what it changes. */
export function layerDetails(
  layer: LayerModel,
  context: PanelContext,
  { id, hasFiles }: { readonly id: string; readonly hasFiles: boolean },
): LayerDetails {
  const { strings, post } = context;
  const { command, wholeCommand } = layer;
  const copyCommand = wholeCommand === undefined ? undefined : commandCopyButton(layer.number, wholeCommand, context);
  const code = element('code', {}, [layer.digest]);
  const title = fill(strings.openLayerList, layer.number);
  const digest = hasFiles ? link({ title }, [code], () => post({ type: 'openLayerList', layer: layer.index })) : code;
  const files = hasFiles ? layerFilesPart(layer.index, layer.number, context) : undefined;
  const shared = element('p', { class: 'layer-shared', hidden: true });
  const content = element('td', { colspan: 5 }, [
    command === undefined
      ? undefined
      : element('div', { class: 'command-block' }, [
          element('code', {}, commandNodes({ ...command, text: breakLines(command.text) })),
          copyCommand,
        ]),
    element('dl', {}, [
      element('dt', {}, [strings.digest]),
      element('dd', {}, [digest]),
      element('dt', {}, [strings.mediaType]),
      element('dd', {}, [element('code', {}, [layer.mediaType])]),
    ]),
    shared,
    files?.node,
  ]);
  return {
    node: element('tr', { class: 'layer-details', id }, [content]),
    controls: [copyCommand, ...(digest instanceof HTMLAnchorElement ? [digest] : []), files?.toggle].filter(
      (control) => control !== undefined,
    ),
    files,
    showShared: (references) => {
      shared.hidden = references.length === 0;
      const links = references.flatMap((reference, place): Child[] => [
        place === 0 ? undefined : ', ',
        link({ title: reference }, [visibleText(reference)], () => post({ type: 'showImage', reference })),
      ]);
      const [before = '', after = ''] = strings.sharedWith.split('{0}');
      shared.replaceChildren(...[before, ...links, after].filter((child) => child !== undefined));
    },
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
