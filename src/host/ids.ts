/** Every name that package.json and the code share. A test compares the two both ways. */
export const commandIds = {
  addRegistry: 'gantry.addRegistry',
  removeRegistry: 'gantry.removeRegistry',
  refresh: 'gantry.refresh',
  loadMore: 'gantry.loadMore',
  showImage: 'gantry.showImage',
  copyReference: 'gantry.copyReference',
  showLog: 'gantry.showLog',
} as const;

export const viewIds = { registries: 'gantry.registries' } as const;

export const panelIds = { image: 'gantry.image' } as const;

export const settingIds = { connections: 'gantry.connections', apiEnabled: 'gantry.api.enabled' } as const;
