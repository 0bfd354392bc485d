/** The Debian packages that the tests' real servers and clients come from. Without one, the tests that need it are skipped. */
export const debianPackages = [
  'docker-registry', // Distribution 2.8
  'openssl', // certificates of a test's own CA
  'perl-base', // bcrypt for htpasswd files
  'skopeo', // the reference client
];
