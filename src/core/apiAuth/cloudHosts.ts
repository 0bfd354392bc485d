/** Google's registries. https://cloud.google.com/artifact-registry/docs/repositories/repo-locations */
export function isGoogleHost(host: string): boolean {
  return /^(?:[a-z0-9.-]+\.pkg\.dev|(?:[a-z0-9-]+\.)?gcr\.io)$/.test(host);
}

/** Azure's registries in its three clouds. https://learn.microsoft.com/en-us/azure/container-registry/container-registry-faq */
export function isAcrHost(host: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.azurecr\.(?:io|cn|us)$/.test(host);
}
