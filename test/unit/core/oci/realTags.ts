/** How people want to read the tags of well-known images: heads and bits of their lists, in the wanted order. */
export const realTags: Readonly<Record<string, string>> = {
  nginx:
    'latest alpine bookworm mainline mainline-alpine perl stable stable-alpine 1 1-alpine 1.27 1.27-alpine 1.27-bookworm 1.27-perl 1.27.3 1.27.3-alpine 1.27.3-alpine-slim 1.27.2 1.26 1.26.2 1.9 1.9.15',
  node: 'latest alpine alpine3.21 alpine3.20 bookworm bookworm-slim current current-alpine iron jod lts lts-alpine slim 23 23-alpine 23-alpine3.21 23-alpine3.20 23-bookworm 23-slim 23.5 23.5.0 23.5.0-alpine 22 22.12.0 20 20.18.1 9 9.11.2',
  postgres:
    'latest alpine alpine3.21 bookworm 17 17-alpine 17-alpine3.21 17-bookworm 17.2 17.2-alpine 17.1 17rc1 17beta3 17beta1 16 16.6 9 9.6 9.6.24 9.5',
  python:
    'latest slim slim-bookworm windowsservercore 3 3-slim 3.14-rc 3.13 3.13-slim 3.13.1 3.13.1-alpine 3.13.1-slim 3.13.0 3.13.0rc3 3.13.0rc2 3.13.0rc2-slim 3.13.0b1 3.13.0a6 3.12 3.12.8 3.9 3.9.21 2 2.7 2.7.18',
  golang:
    'latest alpine bookworm 1 1-alpine 1.24-rc 1.24rc2 1.24rc2-alpine 1.24rc1 1.23 1.23-alpine 1.23-alpine3.21 1.23-alpine3.20 1.23-bookworm 1.23.4 1.23.4-alpine 1.23.3 1.22 1.22.10 1.9 1.9.7',
  alpine: 'latest edge 3 3.21 3.21.2 3.21.0 3.20 3.20.3 3.9 3.9.6 2.7 2.6 20240923 20240807',
  ubuntu:
    'latest devel jammy jammy-20241211 jammy-20241128 noble noble-20241118 noble-20241118.1 rolling 24.10 24.04 22.04 20.04 14.04 14.04.5',
  debian:
    'latest bookworm bookworm-20241223 bookworm-20241223-slim bookworm-20241202 bookworm-backports bookworm-slim stable stable-slim unstable 12 12-slim 12.8 12.8-slim 12.7 11 11.11 9 9.13',
  redis:
    'latest alpine bookworm 8.0-M02 8.0-M01 7 7-alpine 7.4 7.4-alpine 7.4-bookworm 7.4.1 7.4.1-alpine 7.4-rc2 7.4-rc1 7.2 7.2.6 6 6.2.16',
  mysql: 'latest lts oracle 9 9.1 9.1.0 9.1.0-oraclelinux9 9.0.1 8 8.4 8.4.3 8.0 8.0.40 8.0.40-debian 5 5.7 5.7.44',
  mariadb: 'latest lts noble 11 11-noble 11-ubi 11.7.1-rc 11.7-rc 11.6 11.6.2 11.6.2-noble 10 10.11 10.11.10 10.6 10.5',
  mongo: 'latest noble 8 8-noble 8.0 8.0.4 8.0.4-noble 8.0.0-rc20 8.0.0-rc9 7 7.0 7.0.16 4.4 4.4.29',
  httpd: 'latest alpine alpine3.21 bookworm trixie 2 2-alpine 2.4 2.4-alpine 2.4.62 2.4.62-alpine 2.4.61 2.2 2.2.34',
  rabbitmq:
    'latest alpine management management-alpine 4 4-alpine 4-management 4-management-alpine 4.1-rc 4.0 4.0.5 4.0.5-management 4.0.4 3 3.13.7 3.9 3.9.29',
  traefik: 'latest comte munster v3 v3.2 v3.2.3 v3.2.2 v3.2.0-rc2 v3.2.0-rc1 v3.1 v2 v2.11 v2.11.16 v1.7 1.7.34',
  'grafana/grafana':
    'latest dev latest-ubuntu main main-ubuntu nightly 11.4.0 11.4.0-ubuntu 11.3.2 11.3.1-security-01 10.4.14 9.5.21 9.5.3',
  'prom/prometheus':
    'latest main v3 v3.0.1 v3.0.0 v3.0.0-rc.1 v3.0.0-rc.0 v3.0.0-beta.1 v3.0.0-beta.0 v2.55.1 v2.55.0-rc.1 v2.9.2',
  'hashicorp/vault': 'latest 1.18 1.18.3 1.18.2 1.18.0-rc1 1.17.6 1.9.10 0.11.6',
  'hashicorp/terraform':
    'latest light 1.10 1.10.3 1.10.0 1.10.0-rc3 1.10.0-beta1 1.10.0-alpha20241023 1.10.0-alpha20240926 1.9.8',
  'bitnami/postgresql':
    'latest 17 17-debian-12 17.2.0 17.2.0-debian-12-r10 17.2.0-debian-12-r9 17.2.0-debian-12-r2 16 16.6.0-debian-12-r5 16.6.0-debian-12-r2',
  'bitnami/kubectl': 'latest 1.32 1.32.0 1.32.0-debian-12-r1 1.32.0-debian-12-r0 1.31 1.31.4 1.9.3',
  'minio/minio':
    'latest edge RELEASE.2024-12-18T13-15-44Z RELEASE.2024-12-13T22-19-12Z RELEASE.2024-11-07T00-52-20Z RELEASE.2023-12-02T10-51-33Z',
  'jenkins/jenkins':
    'latest alpine jdk21 jdk17 lts lts-alpine lts-jdk21 lts-jdk17 slim 2.492 2.492-alpine 2.492-jdk21 2.492-jdk17 2.491 2.479.2 2.479.2-lts 2.99',
  sonarqube:
    'latest community developer enterprise lts lts-community 10 10-community 10.7 10.7.0-community 10.6-community 9 9.9-community 9.9.8-community',
  'eclipse-temurin':
    'latest 21 21-jdk 21-jdk-alpine 21-jre 21.0.5_11-jdk 21.0.5_11-jre 21.0.4_7-jdk 17 17-jdk 17.0.13_11-jdk 11 11.0.25_9-jdk 8 8-jdk 8u432-b06-jdk 8u422-b05-jdk',
  amazoncorretto: 'latest 23 23-alpine 23-alpine3.20 23.0.1 21 21-al2023 21-alpine 21.0.5 17 17.0.13 11 8 8u432 8u422',
  openjdk: 'latest 24-ea 24-ea-28 24-ea-27 24-ea-9 23 23-jdk 23-slim 17 17-jdk-slim 17.0.2 11-jre 11.0.16 8-jdk 8u342',
  php: 'latest apache cli cli-alpine fpm fpm-alpine zts 8 8-apache 8-fpm 8.4 8.4-cli 8.4.2 8.4.2-apache 8.4.2-fpm-alpine3.21 8.4.2-fpm-alpine3.20 8.4.1 8.4.0RC4 8.4.0RC3 8.3 8.3.15 7.4.33 5.6.40',
  ruby: 'latest alpine slim 3 3.4 3.4-slim 3.4.1 3.4.1-alpine3.21 3.4.1-slim-bookworm 3.4.0 3.4.0-rc1 3.4.0-preview2 3.4.0-preview1 3.3 3.3.6 2.7 2.7.8',
  rust: 'latest alpine bookworm slim 1 1-slim 1.83 1.83-alpine3.21 1.83-alpine3.20 1.83.0 1.83.0-bookworm 1.82 1.82.0 1.9.0',
  elixir:
    'latest otp-27 otp-26 1.18 1.18-otp-27 1.18-otp-26 1.18.1 1.18.1-alpine 1.18.1-otp-27 1.18.0 1.18.0-rc.0 1.17.3 1.9.4',
  erlang: 'latest 27 27-alpine 27.2 27.2.0 27.2.0.0 27.1 27.1.3 26 26.2.5.10 26.2.5.6 26.2.5.5',
  'mcr.microsoft.com/dotnet/sdk':
    'latest 9.0 9.0-alpine 9.0-alpine3.21 9.0-alpine3.20 9.0-noble 9.0.101 9.0.101-alpine3.20 9.0.100 9.0.100-rc.2 9.0.100-preview.7 9.0.100-preview.6 8.0 8.0.404 6.0 3.1',
  'mcr.microsoft.com/powershell': 'latest lts preview 7.5-preview 7.4 7.4-ubuntu-22.04 7.4.6 7.4.6-alpine-3.20 7.3 7.2',
  'mcr.microsoft.com/mssql/server':
    'latest 2022-latest 2022-CU17-ubuntu-22.04 2022-CU16-ubuntu-22.04 2022-CU9-ubuntu-20.04 2022-RTM-ubuntu-20.04 2019-latest 2019-CU30-ubuntu-20.04 2019-CU8-ubuntu-16.04 2017-latest',
  'mcr.microsoft.com/devcontainers/base':
    'alpine alpine-3.20 alpine3.20 bookworm dev-bookworm noble ubuntu 1 1-bookworm 1.0-bookworm 1.0.15-bookworm 1.0.14-bookworm',
  'registry.k8s.io/kube-apiserver':
    'v1.33.0-alpha.1 v1.32.0 v1.32.0-rc.2 v1.32.0-rc.1 v1.32.0-beta.0 v1.32.0-alpha.3 v1.31.4 v1.31.3 v1.30.8 v1.9.11',
  'registry.k8s.io/pause': 'latest go test test2 3.10 3.9 3.8 3.1 3.0 2.0 1.0 0.8.0',
  'registry.k8s.io/ingress-nginx/controller':
    'v1.12.0-beta.0 v1.11.3 v1.11.3-chroot v1.11.2 v1.9.6 v1.0.0 v1.0.0-beta.3 v1.0.0-alpha.2 0.48.1',
  'quay.io/prometheus/node-exporter': 'latest main master v1.8.2 v1.8.1 v1.0.0 v1.0.0-rc.1 v0.18.1',
  'quay.io/argoproj/argocd': 'latest v2.13.2 v2.13.1 v2.13.0 v2.13.0-rc5 v2.13.0-rc4 v2.9.22 v2.9.3',
  'quay.io/keycloak/keycloak': 'latest nightly 26.0 26.0.7 26.0.7-0 26.0.6 26.0.6-0 25.0.6-0 25.0.0 9.0.3',
  'quay.io/fedora/fedora': 'latest eln rawhide 42 41 41-aarch64 41-x86_64 40 39',
  'quay.io/centos/centos':
    'stream stream10 stream10-minimal stream9 stream9-20241223.0 stream9-20241216.0 stream9-minimal 7 6',
  'registry.access.redhat.com/ubi9/ubi':
    'latest 9.5 9.5-1734495538 9.5-1732804088 9.5-1730489338 9.4 9.4-1214.1729773476 9.4-1194.1716 9.4-947 9.0.0-1690',
  'nvidia/cuda':
    '12.6.3-base-ubuntu24.04 12.6.3-base-ubuntu22.04 12.6.3-cudnn-devel-ubuntu24.04 12.6.3-devel-ubi9 12.6.3-devel-ubi8 12.6.3-runtime-ubuntu20.04 12.6.2-base-ubuntu24.04 12.4.1-base-ubuntu22.04 11.8.0-base-ubuntu22.04 9.2-base',
  'pytorch/pytorch':
    'latest 2.5.1-cuda12.4-cudnn9-devel 2.5.1-cuda12.4-cudnn9-runtime 2.5.1-cuda11.8-cudnn9-devel 2.5.0-cuda12.4-cudnn9-devel 2.4.1-cuda12.4-cudnn9-devel 1.13.1-cuda11.6-cudnn8-devel 0.4.1-cuda9-cudnn7-devel',
  'tensorflow/tensorflow':
    'latest devel devel-gpu latest-gpu latest-gpu-jupyter latest-jupyter nightly nightly-gpu 2.18.0 2.18.0-gpu 2.18.0-gpu-jupyter 2.18.0rc2 2.18.0rc1 2.17.0 2.9.3 1.15.5',
  'vllm/vllm-openai': 'latest v0.6.6 v0.6.6.post1 v0.6.5 v0.6.4 v0.6.4.post1 v0.6.3 v0.5.5 v0.5.0',
  'ollama/ollama': 'latest rocm 0.5.4 0.5.4-rocm 0.5.4-rc1 0.5.4-rc0 0.5.3 0.5.2 0.1.48',
  docker:
    'latest cli dind dind-rootless git rc 27 27-cli 27-dind 27.4 27.4.1 27.4.1-cli 27.4.1-dind-alpine3.21 27.4.0 27.4.0-rc.4 27.4.0-rc.1 26.1.4 18.09.9',
  'docker/dockerfile':
    'latest experimental labs master master-labs 1 1-labs 1.12 1.12-labs 1.12.1 1.12.1-labs 1.12.0 1.12.0-rc1 1.9.0 1.0-experimental',
  registry: 'latest 3.0.0-rc.2 3.0.0-rc.1 3.0.0-beta.1 3.0.0-alpha.1 2 2.8 2.8.3 2.8.2 2.8.1 2.7 2.7.1 2.0.1 0.9.1',
  busybox:
    'latest glibc musl stable stable-glibc stable-musl uclibc unstable 1 1-glibc 1.37 1.37-glibc 1.37.0 1.37.0-musl 1.36 1.36.1 1.30.1',
  memcached: 'latest alpine bookworm 1 1-alpine 1.6 1.6-alpine3.21 1.6.34 1.6.34-alpine 1.6.33 1.5.22 1.4.39',
  haproxy:
    'latest alpine lts lts-alpine 3.2-dev 3.2-dev2 3.2-dev1 3.1 3.1-alpine 3.1.1 3.1.1-alpine3.21 3.1.0 3.0 3.0.7 2.9.12 1.9.16',
  caddy:
    'latest alpine builder builder-alpine windowsservercore 2 2-alpine 2-builder 2.9.0-beta.3 2.8 2.8.4 2.8.4-alpine 2.8.4-builder 2.8.0-rc.1 2.7.6 1.0.5',
  wordpress:
    'latest apache beta beta-6.8 cli cli-php8.3 cli-php8.2 fpm php8.3 php8.3-apache php8.2 6 6-php8.3 6.7 6.7.1 6.7.1-apache 6.7.1-php8.3 6.7.1-php8.2 6.7.0',
  nextcloud:
    'latest apache fpm production stable stable-apache 30 30-apache 30.0 30.0.4 30.0.4-apache 30.0.3 29 29.0.10 29.0.9 9.0.58',
  ghost: 'latest alpine 5 5-alpine 5.105 5.105.0 5.105.0-alpine 5.104 5.99 5.9 5.9.4 4.48.9',
  'gitlab/gitlab-ce':
    'latest nightly rc 17.7.0-ce.0 17.6.2-ce.0 17.6.1-ce.0 17.6.0-ce.0 16.11.10-ce.0 9.5.9-ce.0 8.17.4-ce.0',
  'gitlab/gitlab-runner':
    'latest alpine alpine-v17.7.0 alpine-v17.6.1 bleeding ubuntu ubuntu-v17.7.0 v17.7.0 v17.6.1 v17.6.0 v9.5.1',
  'sourcegraph/server': 'insiders 5.10.1164 5.10.832 5.9.1590 5.9.347 3.43.2 3.9.4',
  'homeassistant/home-assistant':
    'latest beta dev stable 2025.1 2025.1.0b3 2025.1.0b2 2025.1.0b0 2024.12 2024.12.5 2024.12.4 2024.2.0 2023.12.4 0.118.5',
  'linuxserver/plex':
    'latest arm64v8-latest version-1.41.3.9314 version-1.41.3.9292 1.41.3 1.41.3.9314-a0bfb8370-ls255 1.41.3.9314-a0bfb8370-ls254 1.41.2.9200-c6bbc1b53-ls253',
  'pihole/pihole': 'latest beta dev nightly 2024.07.0 2024.06.0 2024.05.0 2023.11.0 2022.12 2022.12.1 v5.8 v5.8.1',
  'syncthing/syncthing': 'latest edge nightly rc 1 1.29 1.29.0 1.29.0-rc.2 1.29.0-rc.1 1.28 1.28.1 1.9.0',
  'apache/airflow':
    'latest latest-python3.12 latest-python3.9 slim-latest 2.10.4 2.10.4-python3.12 2.10.4-python3.11 2.10.4-python3.9 2.10.3 2.10.0 2.10.0rc1 2.9.3',
  'apache/kafka': 'latest 3.9.0 3.9.0-rc6 3.9.0-rc5 3.8.1 3.8.1-rc3 3.8.0 3.7.2',
  'confluentinc/cp-kafka': 'latest latest-ubi8 7.8 7.8.0 7.8.0-1-ubi8 7.8.0-1-ubi8.arm64 7.7 7.7.2 7.7.1 6.2.15 5.5.15',
  elasticsearch: '8.17.0 8.16.1 8.15.5 8.9.2 7.17.27 7.17.26 7.9.3 6.8.23 5.6.16',
  'opensearchproject/opensearch': 'latest 2 2.18.0 2.17.1 2.9.0 1 1.3.19 1.3.9 1.0.0 1.0.0-rc1 1.0.0-beta1',
  neo4j:
    'latest community enterprise 5 5-enterprise 5.26 5.26.0 5.26.0-community-bullseye 5.26.0-enterprise 5.25.1 5.9.0 4.4.39 3.5.35',
  cassandra: 'latest 5 5.0 5.0.2 5.0.1 5.0-rc2 5.0-beta1 5.0-alpha2 4 4.1 4.1.7 3.11.17 2.2.19',
  influxdb: 'latest alpine core 2 2-alpine 2.7 2.7-alpine 2.7.11 2.7.10 1.11 1.11-data 1.11.8 1.11.8-data 1.9 1.8.10',
  telegraf: 'latest alpine 1.33 1.33-alpine 1.33.0 1.33.0-alpine 1.32 1.32.3 1.9 1.9.5',
  consul: 'latest 1.15 1.15.4 1.14.8 1.9.17 0.7.5',
  'cilium/cilium': 'latest stable v1.17.0-rc.0 v1.17.0-pre.3 v1.17.0-pre.2 v1.16 v1.16.5 v1.16.4 v1.16.0-rc.1 v1.9.18',
  'istio/pilot': '1.24.2 1.24.2-debug 1.24.2-distroless 1.24.1 1.24.0 1.24.0-rc.0 1.24.0-beta.0 1.24.0-alpha.0 1.9.9',
  'calico/node':
    'latest master release-v3.29 release-v3.28 release-v3.9 v3.29.1 v3.29.1-amd64 v3.29.0 v3.29.0-0.dev v3.9.6',
  'cert-manager-controller': 'v1.16.2 v1.16.1 v1.16.0 v1.16.0-beta.0 v1.16.0-alpha.0 v1.15.4 v1.9.2 v0.16.1',
  'ghcr.io/actions/actions-runner': 'latest 2.321.0 2.320.0 2.319.1 2.311.0 2.299.1',
  'a metadata-action': 'latest main pr-1042 pr-997 sha-next 1 1.4 1.4.2 1.4.1 sha-0f3ab12 sha-9c1e77d sha-c0ffee1',
  'a build of every commit':
    'latest main master 10.0 0a1b2c3 1a2b3c4 4e8d1f0c9b7a6532e1d0c9b8a7f6e5d4c3b2a190 deadb33f',
  'a nightly by date': 'latest nightly nightly-2025-06-01 nightly-2025-05-31 nightly-2024-12-31 v2.0.0',
  'a nightly without dashes': 'nightly nightly-20250601 nightly-20250531 nightly-20241231',
  'calendar versions': '2025.6.1 2025.6.0 2025.5.2 2024.12.10 2024.12.9 2024.2.0',
  'dates as tags': '2025-06-01 2025-05-31 2025-05-01 2024-12-31 2019-01-05',
  'dates with times': '20250601T120000Z 20250601T115959Z 20250531T235959Z',
  'dates with dashes and times': '2025-06-01T12-30-00 2025-06-01T12-29-59 2025-05-31T23-59-59',
  'builds of a number': 'latest build-1043 build-999 build-998 1043 999 998',
  'branches with builds': 'develop develop-1042 develop-999 feature-login main main-77 main-8',
  'underscored builds': '1.2.3_10 1.2.3_9 1.2.3_1 1.2.2_12',
  chainguard: 'latest latest-dev 1.27 1.27-dev 1.27.3 1.27.3-dev 1.27.3-r10 1.27.3-r9',
  'helm charts': '25.2.0 25.1.3 25.1.2 9.10.0 9.9.2 1.0.0 1.0.0-rc.1 0.1.0',
  'four numbers': '10.0.19045.5247 10.0.19045.5131 10.0.9600.1 6.3.9600.17031',
  architectures: '1.4.2 1.4.2-amd64 1.4.2-arm64 1.4.1 1.4.1-amd64 1.4.1-arm64',
};
