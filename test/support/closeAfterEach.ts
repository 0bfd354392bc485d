/** Makes a function that starts servers out of one that starts a server: each is closed at the end of its test. */
export function closeAfterEach<Options, Server extends { close(): Promise<void> }>(
  start: (options?: Options) => Promise<Server>,
): (options?: Options) => Promise<Server> {
  const started: Server[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  });
  return async (options) => {
    const server = await start(options);
    started.push(server);
    return server;
  };
}
