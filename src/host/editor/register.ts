import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { EditorFeatures } from './editorFeatures.ts';
import { imageLanguages, pinImagesKind } from './languages.ts';

export interface EditorRegistration {
  readonly disposable: vscode.Disposable;
  /** Loaded at first use. */
  readonly features: () => Promise<EditorFeatures>;
}

/** Registers what editors ask for; what answers is loaded when the first of them asks. */
export function registerEditor(services: Services): EditorRegistration {
  let loading: Promise<EditorFeatures> | undefined;
  const features = (): Promise<EditorFeatures> => {
    loading ??= import('./editorFeatures.ts').then(({ createEditorFeatures }) => createEditorFeatures(services));
    return loading;
  };
  const selector = imageLanguages.map((language) => ({ language }));
  const disposable = vscode.Disposable.from(
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async (...args) => (await features()).hover.provideHover(...args),
    }),
    vscode.languages.registerCodeActionsProvider(
      selector,
      { provideCodeActions: async (...args) => [...(await (await features()).actions.provideCodeActions(...args))] },
      {
        providedCodeActionKinds: [
          vscode.CodeActionKind.QuickFix,
          vscode.CodeActionKind.RefactorRewrite,
          pinImagesKind(),
        ],
      },
    ),
  );
  return { disposable, features };
}
