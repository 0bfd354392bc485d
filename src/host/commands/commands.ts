import type * as vscode from 'vscode';
import type { LoginOffer } from '../../core/loginOffer.ts';
import type { EditorFeatures } from '../editor/editorFeatures.ts';
import { type CommandId, commandIds } from '../ids.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import type { RepositoryPanels } from '../panels/repositoryPanels.ts';
import type { Services } from '../services.ts';
import type { TagWatcher } from '../tagWatcher.ts';
import type { TreeNode } from '../tree/nodes.ts';
import type { RegistriesTree } from '../tree/registriesTree.ts';
import type { TagView } from '../tree/tagView.ts';
import { createAbilityCommands } from './abilityCommands.ts';
import { createChangeCommands } from './changeCommands.ts';
import { copyDiagnostics } from './copyDiagnostics.ts';
import { createEditorCommands } from './editorCommands.ts';
import { createFileCommands } from './fileCommands.ts';
import { createImageCommands } from './imageCommands.ts';
import { createRegistryCommands } from './registryCommands.ts';
import { createTransferCommands } from './transferCommands.ts';
import { createViewCommands } from './viewCommands.ts';

/** What commands change and show beside the services. */
export interface Views {
  readonly editor: () => Promise<EditorFeatures>;
  readonly tree: RegistriesTree;
  readonly tagView: TagView;
  readonly treeView: vscode.TreeView<TreeNode>;
  readonly watcher: TagWatcher;
  readonly imagePanels: () => Promise<ImagePanels>;
  readonly repositoryPanels: () => Promise<RepositoryPanels>;
  readonly offer: LoginOffer;
  readonly log: vscode.LogOutputChannel;
  /** Of Gantry. */
  readonly version: string;
}

export type Command = (...args: never[]) => unknown;

/** Every command. From the tree it gets a node, from code its arguments, from the palette nothing; then it asks. */
export function createCommands(services: Services, views: Views): Readonly<Record<CommandId, Command>> {
  return {
    ...createRegistryCommands(services, views),
    ...createViewCommands(services, views),
    ...createImageCommands(services, views),
    ...createFileCommands(services, views),
    ...createChangeCommands(services, views),
    ...createTransferCommands(services, views),
    ...createAbilityCommands(services, views),
    ...createEditorCommands(views),
    [commandIds.showLog]: () => views.log.show(),
    [commandIds.copyDiagnostics]: () => copyDiagnostics(services, views.version),
  };
}
