import * as vscode from 'vscode';
import { kindOfHost, ociKind } from '../../core/adapters/kinds.ts';
import {
  findPrintedReferences,
  type KnownNames,
  type PrintedReference,
} from '../../core/mentions/printedReferences.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';

export interface ImageTerminalLink extends vscode.TerminalLink {
  readonly image: string;
}

/** Opens the images that programs print in the terminal. */
export class ImageTerminalLinks implements vscode.TerminalLinkProvider<ImageTerminalLink> {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  provideTerminalLinks({ line }: Pick<vscode.TerminalLinkContext, 'line'>): ImageTerminalLink[] {
    return findPrintedReferences(line, this.#knownNames()).map(({ start, end, reference }: PrintedReference) => ({
      startIndex: start,
      length: end - start,
      tooltip: vscode.l10n.t('Show image'),
      image: reference.familiar,
    }));
  }

  async handleTerminalLink({ image }: ImageTerminalLink): Promise<void> {
    await vscode.commands.executeCommand(commandIds.showImage, image);
  }

  /** Repositories are known that are pinned or were opened lately. */
  #knownNames(): KnownNames {
    const { connections, pins, recent } = this.#services;
    const opened = new Set(
      recent
        .all()
        .map((text) => parseReference(text))
        .map(({ registry, repository }) => `${registry}/${repository}`),
    );
    return {
      isRegistry: (host) =>
        kindOfHost(host).id !== ociKind.id ||
        connections.forReference({ registry: host, repository: '' }) !== undefined,
      isRepository: (reference) => {
        const { registry, repository } = reference;
        const connection = connections.forReference(reference);
        const isPinned = connection !== undefined && pins.of(connection.url).includes(repository);
        return isPinned || opened.has(`${registry}/${repository}`);
      },
    };
  }
}
