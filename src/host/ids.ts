/** Every name that package.json and the code share. A test compares the two both ways. */
export const commandIds = {
  addRegistry: 'gantry.addRegistry',
  addDiscovered: 'gantry.addDiscovered',
  dismissDiscovered: 'gantry.dismissDiscovered',
  removeRegistry: 'gantry.removeRegistry',
  signIn: 'gantry.signIn',
  signOut: 'gantry.signOut',
  chooseLogin: 'gantry.chooseLogin',
  chooseKind: 'gantry.chooseKind',
  testRegistry: 'gantry.testRegistry',
  trustRealm: 'gantry.trustRealm',
  refresh: 'gantry.refresh',
  search: 'gantry.search',
  reveal: 'gantry.reveal',
  loadMore: 'gantry.loadMore',
  loadAll: 'gantry.loadAll',
  stopLoading: 'gantry.stopLoading',
  loadDetails: 'gantry.loadDetails',
  sortTags: 'gantry.sortTags',
  filterTags: 'gantry.filterTags',
  clearFilter: 'gantry.clearFilter',
  showAttachments: 'gantry.showAttachments',
  hideAttachments: 'gantry.hideAttachments',
  pinRepository: 'gantry.pinRepository',
  unpinRepository: 'gantry.unpinRepository',
  watchTag: 'gantry.watchTag',
  unwatchTag: 'gantry.unwatchTag',
  showImage: 'gantry.showImage',
  openManifest: 'gantry.openManifest',
  openConfig: 'gantry.openConfig',
  openDockerfile: 'gantry.openDockerfile',
  findFile: 'gantry.findFile',
  saveAs: 'gantry.saveAs',
  addToWorkspace: 'gantry.addToWorkspace',
  copyPath: 'gantry.copyPath',
  revealLayer: 'gantry.revealLayer',
  compare: 'gantry.compare',
  copyReference: 'gantry.copyReference',
  copyDigest: 'gantry.copyDigest',
  copyPinnedReference: 'gantry.copyPinnedReference',
  copyPullCommand: 'gantry.copyPullCommand',
  pull: 'gantry.pull',
  copy: 'gantry.copy',
  push: 'gantry.push',
  assembleIndex: 'gantry.assembleIndex',
  tag: 'gantry.tag',
  delete: 'gantry.delete',
  undo: 'gantry.undo',
  openInBrowser: 'gantry.openInBrowser',
  showReadme: 'gantry.showReadme',
  createRepository: 'gantry.createRepository',
  deleteRepository: 'gantry.deleteRepository',
  showTagHistory: 'gantry.showTagHistory',
  protectTag: 'gantry.protectTag',
  unprotectTag: 'gantry.unprotectTag',
  pinDigest: 'gantry.pinDigest',
  unpinDigest: 'gantry.unpinDigest',
  updateTag: 'gantry.updateTag',
  correctName: 'gantry.correctName',
  findImages: 'gantry.findImages',
  updateImages: 'gantry.updateImages',
  pinImages: 'gantry.pinImages',
  showLog: 'gantry.showLog',
  copyDiagnostics: 'gantry.copyDiagnostics',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Schemes of documents and of files. */
export const schemes = {
  json: 'oci-json',
  readme: 'oci-readme',
  images: 'gantry-images',
  image: 'oci-image',
  layer: 'oci-layer',
} as const;

/** Keys that menus ask for. */
export const contextKeys = {
  creatableRegistries: 'gantry.creatableRegistries',
  isFiltered: 'gantry.isFiltered',
  showsAttachments: 'gantry.showsAttachments',
} as const;

export const viewIds = { registries: 'gantry.registries' } as const;

export const panelIds = { image: 'gantry.image' } as const;

export const settingIds = {
  connections: 'gantry.connections',
  engineHost: 'gantry.engine.host',
  apiEnabled: 'gantry.api.enabled',
} as const;
