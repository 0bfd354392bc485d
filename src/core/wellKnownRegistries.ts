export interface WellKnownRegistry {
  /** As references name it. */
  readonly host: string;
  readonly label: string;
}

/** Registries that many people use, the most used first. Offered by name, so that nobody has to know an address. */
export const wellKnownRegistries: readonly WellKnownRegistry[] = [
  { host: 'docker.io', label: 'Docker Hub' },
  { host: 'ghcr.io', label: 'GitHub Container Registry' },
  { host: 'quay.io', label: 'Quay.io' },
  { host: 'registry.gitlab.com', label: 'GitLab.com' },
  { host: 'public.ecr.aws', label: 'Amazon ECR Public' },
  { host: 'mcr.microsoft.com', label: 'Microsoft Artifact Registry' },
  { host: 'registry.k8s.io', label: 'Kubernetes' },
  { host: 'registry.access.redhat.com', label: 'Red Hat' },
  { host: 'cgr.dev', label: 'Chainguard' },
  { host: 'nvcr.io', label: 'NVIDIA NGC' },
];
