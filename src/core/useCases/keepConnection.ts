import type { ConnectionInfo } from '../../api.ts';
import type { ChosenLogin } from '../connectionLogins.ts';
import type { Connection } from '../connections.ts';
import type { Shared } from './shared.ts';

/** Asks the registry whether it takes a login, in a session that leaves no trace. */
export async function tryLogin(
  { sessions }: Pick<Shared, 'sessions'>,
  connection: Connection,
  { findLogin }: Pick<ChosenLogin, 'findLogin'>,
  signal: AbortSignal,
): Promise<void> {
  const session = await sessions.create(connection, findLogin);
  await session.test({ signal });
  session.dispose?.();
}

/** Stores a connection whose login was tried. What was read with another one is forgotten. */
export async function keepConnection(
  { connections, forgetConnection }: Pick<Shared, 'connections' | 'forgetConnection'>,
  connection: Connection,
  login: ChosenLogin,
  password?: string,
): Promise<ConnectionInfo> {
  await connections.save(connection, password);
  forgetConnection(connection.id);
  connections.setState(connection.id, 'ready');
  connections.setLogin(connection.id, login.source);
  return connections.info(connection);
}
