import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import { CheckFixes } from './checks/checkFixes.ts';
import { CheckLookups } from './checks/checkLookups.ts';
import { ImageChecks } from './checks/imageChecks.ts';
import { DocumentMentions } from './documentMentions.ts';
import { FileActions } from './fileActions.ts';
import { ImageActions } from './imageActions.ts';
import { ImageCompletion } from './imageCompletion.ts';
import { ImageDrops, replaceImageKind } from './imageDrops.ts';
import { ImageHover } from './imageHover.ts';
import { ImageInlayHints } from './imageInlayHints.ts';
import { ImageLinks } from './imageLinks.ts';
import { ImageLookups } from './imageLookups.ts';
import { ImageTerminalLinks } from './imageTerminalLinks.ts';
import { imageSelector } from './languages.ts';
import { MentionCommands } from './mentionCommands.ts';
import { MentionEdits } from './mentionEdits.ts';
import { type OtherFeatures, othersShow as othersShowIn } from './otherExtensions.ts';
import { StageLenses } from './stageLenses.ts';
import { ImagesDocument } from './workspace/imagesDocument.ts';
import { WorkspaceCommands } from './workspace/workspaceCommands.ts';

/** What editors show and do with the names of images. */
export interface EditorFeatures {
  readonly hover: ImageHover;
  readonly actions: ImageActions;
  readonly checkFixes: CheckFixes;
  readonly fileActions: FileActions;
  readonly completion: ImageCompletion;
  readonly commands: MentionCommands;
  readonly imagesDocument: ImagesDocument;
  readonly workspace: WorkspaceCommands;
  readonly checks: ImageChecks;
  readonly terminalLinks: ImageTerminalLinks;
  readonly disposable: vscode.Disposable;
}

function othersShow(document: vscode.TextDocument): OtherFeatures {
  return othersShowIn(document, (id) => vscode.extensions.getExtension(id) !== undefined);
}

/** `imagesChanged` is told when the document of the workspace's images is another one. */
export function createEditorFeatures(
  services: Services,
  imagesChanged: vscode.EventEmitter<vscode.Uri>,
): EditorFeatures {
  const mentions = new DocumentMentions(services);
  const lookups = new ImageLookups(services);
  const edits = new MentionEdits(services, mentions);
  services.connections.onDidChange(() => lookups.clear());
  const imagesDocument = new ImagesDocument(imagesChanged);
  const ofImages = { scheme: schemes.images };
  const checks = new ImageChecks({ services, mentions, edits, lookups: new CheckLookups(services) });
  const hints = new ImageInlayHints({ mentions, lookups, checks, edits, othersShow });
  const lenses = new StageLenses(mentions, lookups, edits);
  const disposable = vscode.Disposable.from(
    vscode.languages.registerDocumentLinkProvider(ofImages, imagesDocument),
    vscode.languages.registerCodeLensProvider(ofImages, imagesDocument),
    checks,
    hints,
    lenses,
    vscode.languages.registerDocumentLinkProvider(imageSelector, new ImageLinks(mentions, othersShow)),
    vscode.languages.registerInlayHintsProvider(imageSelector, hints),
    vscode.languages.registerCodeLensProvider(imageSelector, lenses),
    vscode.languages.registerDocumentDropEditProvider(imageSelector, new ImageDrops(mentions, edits), {
      dropMimeTypes: ['text/plain'],
      providedDropEditKinds: [replaceImageKind()],
    }),
  );
  return {
    hover: new ImageHover(services, mentions, lookups),
    actions: new ImageActions(mentions, lookups, edits),
    checkFixes: new CheckFixes(services, mentions, edits),
    fileActions: new FileActions(mentions, lookups, edits),
    completion: new ImageCompletion({ services, mentions, lookups, edits, othersShow }),
    commands: new MentionCommands(mentions, lookups, edits),
    imagesDocument,
    workspace: new WorkspaceCommands({ mentions, lookups, edits, document: imagesDocument }),
    checks,
    terminalLinks: new ImageTerminalLinks(services),
    disposable,
  };
}
