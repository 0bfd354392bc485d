import { directory, file, symlink, whiteout } from '../tarWriter.ts';
import { baseSteps, layerStep, platforms, type Service, step } from './builds.ts';
import { programBytes } from './files.ts';

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const allPlatforms = [platforms.amd64, platforms.arm64, platforms.armV7];

export const alpine: Service = {
  name: 'library/alpine',
  description: 'A minimal root file system',
  versions: ['3.9.6', '3.10.9', '3.20.6', '3.21.3'],
  platforms: allPlatforms,
  config: { Env: [path], Cmd: ['/bin/sh'] },
  steps: (platform, { version }) => baseSteps(platform, version.replace(/\.\d+$/, '')).slice(0, 2),
};

export const base: Service = {
  name: 'platform/base',
  description: 'What every service of the shop is built on',
  versions: ['1.0.0', '1.1.0', '2.0.0'],
  platforms: allPlatforms,
  config: { User: '1000', Env: [path, 'TZ=Europe/Berlin'], WorkingDir: '/app', Cmd: ['/bin/sh'] },
  steps: (platform, _release, compression) => [
    ...baseSteps(platform, '3.21', compression),
    step('ENV TZ=Europe/Berlin'),
    layerStep('WORKDIR /app', [directory('app', { uid: 1000, gid: 1000 })], compression),
    step('USER 1000'),
  ],
};

export const web: Service = {
  name: 'shop/web',
  description: 'The shop as customers see it',
  versions: ['1.8.0', '1.9.0', '1.10.0', '1.10.1'],
  platforms: allPlatforms,
  withAttestations: true,
  config: {
    User: '1000',
    ExposedPorts: { '8080/tcp': {} },
    Env: [path, 'NODE_ENV=production', 'PORT=8080'],
    Entrypoint: ['/usr/local/bin/web'],
    Cmd: ['--port', '8080'],
    WorkingDir: '/app',
    Labels: { 'com.example.team': 'storefront' },
    StopSignal: 'SIGTERM',
  },
  steps: (platform, { version }, compression) => [
    ...baseSteps(platform, '3.21', compression),
    step('ENV NODE_ENV=production'),
    layerStep('WORKDIR /app', [directory('app', { uid: 1000, gid: 1000 })], compression),
    layerStep(
      'COPY --chown=1000:1000 dist ./dist # buildkit',
      [
        directory('app', { uid: 1000, gid: 1000 }),
        directory('app/dist', { uid: 1000, gid: 1000 }),
        file(
          'app/dist/index.html',
          `<!doctype html>\n<title>Shop ${version}</title>\n<script src="main.js"></script>\n`,
        ),
        file('app/dist/main.js', `export const version = '${version}';\n`.repeat(2000)),
        file('app/dist/main.css', 'body { font-family: sans-serif; }\n'.repeat(300)),
        file('app/dist/überblick.html', '<!doctype html>\n<title>Überblick</title>\n'),
      ],
      compression,
    ),
    layerStep(
      'COPY web /usr/local/bin/web # buildkit',
      [
        directory('usr/local/bin'),
        file('usr/local/bin/web', programBytes(`web ${version} ${platform.architecture}`, 420_000), { mode: 0o755 }),
        symlink('usr/local/bin/shop', 'web'),
      ],
      compression,
    ),
    layerStep(
      'RUN /bin/sh -c rm -rf /usr/share/zoneinfo/UTC /var/cache/* # buildkit',
      [directory('usr/share/zoneinfo'), whiteout('usr/share/zoneinfo/UTC'), directory('var/cache')],
      compression,
    ),
    step('EXPOSE map[8080/tcp:{}]'),
    step('USER 1000'),
    step('ENTRYPOINT ["/usr/local/bin/web"]'),
    step('CMD ["--port" "8080"]'),
  ],
};

export const api: Service = {
  name: 'shop/api',
  description: 'Orders, baskets and prices',
  versions: ['2.0.0-rc.1', '2.0.0', '2.9.0', '2.10.0'],
  platforms: [platforms.amd64, platforms.arm64],
  compression: 'zstd',
  config: {
    ExposedPorts: { '9090/tcp': {}, '9091/tcp': {} },
    Env: [path, 'GOMEMLIMIT=512MiB'],
    Entrypoint: ['/usr/local/bin/api'],
    Volumes: { '/var/lib/api': {} },
    WorkingDir: '/',
  },
  steps: (platform, { version }, compression) => [
    ...baseSteps(platform, '3.21', compression),
    layerStep(
      'COPY --from=build /out/api /usr/local/bin/api # buildkit',
      [
        directory('usr/local/bin'),
        file('usr/local/bin/api', programBytes(`api ${version} ${platform.architecture}`, 1_100_000), { mode: 0o755 }),
      ],
      compression,
    ),
    step('ENV GOMEMLIMIT=512MiB'),
    step('VOLUME [/var/lib/api]'),
    step('EXPOSE map[9090/tcp:{} 9091/tcp:{}]'),
    step('ENTRYPOINT ["/usr/local/bin/api"]'),
  ],
};

export const worker: Service = {
  name: 'shop/worker',
  description: 'Sends mail and invoices',
  versions: ['0.9.2', '0.10.0', '0.11.0'],
  isDocker: true,
  platforms: [platforms.amd64],
  config: { Env: [path, 'QUEUE=default'], Cmd: ['/usr/local/bin/worker', 'run'], WorkingDir: '/srv' },
  steps: (platform, { version }, compression) => [
    ...baseSteps(platform, '3.21', compression),
    layerStep(
      'COPY worker templates /srv/ # buildkit',
      [
        directory('srv'),
        file('srv/worker', programBytes(`worker ${version}`, 260_000), { mode: 0o755 }),
        directory('srv/templates'),
        file('srv/templates/invoice.txt', 'Dear {{name}},\n\nthank you for your order {{order}}.\n'),
        symlink('usr/local/bin/worker', '/srv/worker'),
      ],
      compression,
    ),
    step('ENV QUEUE=default'),
    step('CMD ["/usr/local/bin/worker" "run"]'),
  ],
};

export const proxy: Service = {
  name: 'platform/tools/proxy',
  description: 'The proxy in front of every service',
  versions: ['4.2.0', '4.10.0'],
  platforms: [platforms.amd64, platforms.arm64],
  config: { ExposedPorts: { '443/tcp': {} }, Env: [path], Entrypoint: ['/usr/bin/proxy', '-c', '/etc/proxy.yaml'] },
  steps: (platform, { version }, compression) => [
    ...baseSteps(platform, '3.21', compression),
    layerStep(
      'COPY proxy /usr/bin/proxy # buildkit',
      [
        directory('usr/bin'),
        file('usr/bin/proxy', programBytes(`proxy ${version} ${platform.architecture}`, 700_000), { mode: 0o755 }),
      ],
      compression,
    ),
    layerStep('COPY proxy.yaml /etc/ # buildkit', [file('etc/proxy.yaml', 'listen: 0.0.0.0:443\n')], compression),
    step('EXPOSE map[443/tcp:{}]'),
    step('ENTRYPOINT ["/usr/bin/proxy" "-c" "/etc/proxy.yaml"]'),
  ],
};
