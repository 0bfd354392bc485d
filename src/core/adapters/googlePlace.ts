/** What the address of a connection, or the name of an image, says of where it is at Google. */
export interface GooglePlace {
  /** Of Artifact Registry: `europe-west3`, or a multi-region as `eu`. Absent on gcr.io. */
  readonly location?: string;
  /** As the API has it: projects of a domain are `example.com:shop`. */
  readonly project?: string;
  /** As it stands in names: `example.com/shop`. */
  readonly projectPath?: string;
  /** Of Artifact Registry, after the project. */
  readonly repository?: string;
  /** What comes after the repository; on gcr.io after the project. */
  readonly image?: string;
}

/**
 * `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`, `gcr.io/PROJECT/IMAGE`; images can have several parts.
 * https://cloud.google.com/artifact-registry/docs/docker/names
 */
export function parseGooglePlace(host: string, path: string): GooglePlace {
  const location = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(host)?.[1];
  const parts = path.split('/').filter((part) => part !== '');
  const projectParts = parts.splice(0, parts[0]?.includes('.') ? 2 : 1);
  const isOfDomain = projectParts.length === 2;
  const isComplete = projectParts.length > 0 && (isOfDomain || !projectParts[0]?.includes('.'));
  const repository = host.endsWith('pkg.dev') ? parts.shift() : undefined;
  return {
    ...(location !== undefined && { location }),
    ...(isComplete && { project: projectParts.join(':'), projectPath: projectParts.join('/') }),
    ...(repository !== undefined && { repository }),
    ...(parts.length > 0 && { image: parts.join('/') }),
  };
}

/** Page for people. Those of gcr.io lead on to the console. */
export function googlePage(host: string, name: string, digest: string | undefined): string {
  const { location, project, repository, image } = parseGooglePlace(host, name);
  if (location === undefined || project === undefined || repository === undefined) return `https://${host}/${name}`;
  const parts = [project, location, repository, image, image === undefined ? undefined : digest];
  const path = parts
    .filter((part) => part !== undefined)
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':'));
  return `https://console.cloud.google.com/artifacts/docker/${path.join('/')}?project=${encodeURIComponent(project)}`;
}
