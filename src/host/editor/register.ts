import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import type { EditorFeatures } from './editorFeatures.ts';
import type { ImageTerminalLink } from './imageTerminalLinks.ts';
import {
  fixAllImagesKind,
  imageLanguages,
  pinImagesKind,
  imageSelector as selector,
  updateImagesKind,
} from './languages.ts';

export interface EditorRegistration {
  readonly disposable: vscode.Disposable;
  /** Loaded at first use. */
  readonly features: () => Promise<EditorFeatures>;
}

/** Registers what editors ask for; what answers is loaded when the first of them asks. */
export function registerEditor(services: Services): EditorRegistration {
  let loading: Promise<EditorFeatures> | undefined;
  const imagesChanged = new vscode.EventEmitter<vscode.Uri>();
  const features = (): Promise<EditorFeatures> => {
    loading ??= import('./editorFeatures.ts').then(({ createEditorFeatures }) =>
      createEditorFeatures(services, imagesChanged),
    );
    return loading;
  };
  // Checks and their like begin with the first document that may name images, after the activation.
  const look = (editors: readonly vscode.TextEditor[]): void => {
    if (editors.some(({ document }) => imageLanguages.includes(document.languageId))) void features();
  };
  const timer = setTimeout(() => look(vscode.window.visibleTextEditors));
  // The colon of a tag, the slash of a path, the sign of a flag, that of a digest.
  const triggers = [':', '/', '=', '@'];
  const terminalLinks: vscode.TerminalLinkProvider<ImageTerminalLink> = {
    provideTerminalLinks: async (context) => (await features()).terminalLinks.provideTerminalLinks(context),
    handleTerminalLink: async (link) => (await features()).terminalLinks.handleTerminalLink(link),
  };
  // Before the first question: VS Code throws the answers away when another provider comes while it asks.
  const registerActions = (
    providerOf: (loaded: EditorFeatures) => vscode.CodeActionProvider,
    providedCodeActionKinds: readonly vscode.CodeActionKind[],
  ): vscode.Disposable =>
    vscode.languages.registerCodeActionsProvider(
      selector,
      {
        provideCodeActions: async (...args) => providerOf(await features()).provideCodeActions(...args),
        resolveCodeAction: async (action, token) =>
          (await providerOf(await features()).resolveCodeAction?.(action, token)) ?? action,
      },
      { providedCodeActionKinds },
    );
  const disposable = vscode.Disposable.from(
    { dispose: () => void loading?.then((loaded) => loaded.disposable.dispose()) },
    imagesChanged,
    vscode.workspace.registerTextDocumentContentProvider(schemes.images, {
      onDidChange: imagesChanged.event,
      provideTextDocumentContent: async () => (await features()).imagesDocument.text(),
    }),
    { dispose: () => clearTimeout(timer) },
    vscode.window.onDidChangeVisibleTextEditors(look),
    vscode.window.registerTerminalLinkProvider(terminalLinks),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async (...args) => (await features()).hover.provideHover(...args),
    }),
    vscode.languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (...args) =>
          (await features()).completion.provideCompletionItems(args[0], args[1], args[2]),
      },
      ...triggers,
    ),
    registerActions(
      ({ actions }) => actions,
      [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite, pinImagesKind()],
    ),
    registerActions(({ checkFixes }) => checkFixes, [vscode.CodeActionKind.QuickFix]),
    registerActions(
      ({ fileActions }) => fileActions,
      [updateImagesKind('patch'), updateImagesKind('minor'), updateImagesKind('major'), fixAllImagesKind()],
    ),
  );
  return { disposable, features };
}
