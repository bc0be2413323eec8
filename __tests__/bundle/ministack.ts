/** ministack: its services are steady at once, its tasks never end, and it answers an empty string where nothing was stated. */
import { isInstalled, startServer } from './servers.ts'

export const hasMinistack = isInstalled('ministack', 'ministack.app')

export const startMinistack = (): Promise<string> =>
  startServer({
    words: () => ['ministack'],
    env: port => ({
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      // The simulator's account.
      MINISTACK_ACCOUNT_ID: '123456789012',
      LOG_LEVEL: 'ERROR',
      // Where there is a Docker, ministack would run the images that task definitions name.
      DOCKER_HOST: 'tcp://127.0.0.1:9',
    }),
    probe: '/_ministack/health',
  })

export async function resetMinistack(url: string): Promise<void> {
  await fetch(`${url}/_ministack/reset`, { method: 'POST' })
}
