/** The ECS that a story is played on: the simulated one, and those of moto and ministack where they are there. */
import { Checkout, simulatedEcs } from '../world/checkout.ts'
import { hasMinistack, startMinistack } from './ministack.ts'
import { hasMoto, network, startMoto } from './moto.ts'

export interface Server {
  readonly name: 'the simulator' | 'moto' | 'ministack'
  /** A checkout without manifests, with the server for its account. */
  start(): Promise<Checkout>
  /** A subnet and a security group that the server takes. */
  network(): Promise<{ subnet: string; securityGroup: string }>
}

/** One server of a kind for all of a test file. */
const once = (start: () => Promise<string>): (() => Promise<string>) => {
  let url: Promise<string> | undefined
  return () => {
    url ??= start()
    return url
  }
}

export const motoUrl = once(() => startMoto(2))
export const ministackUrl = once(startMinistack)

/** For a server that knows no networks. */
export const anyNetwork = async () => ({ subnet: 'subnet-0a1b2c3d4e5f60718', securityGroup: 'sg-0a1b2c3d4e5f60718' })

const simulator: Server = {
  name: 'the simulator',
  async start() {
    const ecs = await simulatedEcs()
    return new Checkout(ecs.url, ecs.calls)
  },
  network: anyNetwork,
}

const moto: Server = {
  name: 'moto',
  start: async () => new Checkout(await motoUrl()),
  network: async () => network(await motoUrl()),
}

const ministack: Server = {
  name: 'ministack',
  start: async () => new Checkout(await ministackUrl()),
  network: anyNetwork,
}

export const servers: readonly Server[] = [simulator, ...(hasMoto ? [moto] : []), ...(hasMinistack ? [ministack] : [])]
