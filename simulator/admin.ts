import type { Injection } from './faults.ts'
import type { Behaviour } from './images.ts'
import type { NewInstance } from './instances.ts'
import type { Capacity, HookStatus } from './region.ts'
import type { Simulator } from './simulator.ts'

/** The back door over HTTP: bodies of a POST to `/_simulator`. */
export type AdminRequest =
  | { readonly action: 'advance'; readonly seconds: number }
  | { readonly action: 'behave'; readonly image: string; readonly behaviour: Behaviour | readonly Behaviour[] }
  | { readonly action: 'registerContainerInstance'; readonly instance: NewInstance }
  | {
      readonly action: 'setAgentConnected'
      readonly instance: string
      readonly connected: boolean
      readonly region?: string
    }
  | {
      readonly action: 'registerCapacityProvider'
      readonly name: string
      readonly region?: string
      readonly cluster?: string
    }
  | { readonly action: 'setCapacity'; readonly capacity: Partial<Capacity>; readonly region?: string }
  | {
      readonly action: 'exitTask'
      readonly task: string
      readonly exitCode?: number
      readonly container?: string
      readonly reason?: string
      readonly region?: string
    }
  | { readonly action: 'setAlarm'; readonly name: string; readonly on: boolean; readonly region?: string }
  | {
      readonly action: 'setHookStatus'
      readonly functionArn: string
      readonly status: HookStatus
      readonly region?: string
    }
  | { readonly action: 'inject'; readonly injection: Omit<Injection, 'when'> }
  | { readonly action: 'clearFaults' }
  | { readonly action: 'deny'; readonly actions: readonly string[] }
  | { readonly action: 'setThrottling'; readonly on: boolean }
  | { readonly action: 'setConsistencySeconds'; readonly seconds: number }
  | { readonly action: 'calls'; readonly from?: number }

/** Carries out an action; the answer is that of a GET, and the action's own result. */
export function administer(simulator: Simulator, request: AdminRequest): object {
  return { ...state(simulator), ...act(simulator, request) }
}

export function state(simulator: Simulator): object {
  simulator.clock.catchUp()
  const { clock, accountId, calls } = simulator
  return { now: clock.now, time: clock.date().toISOString(), accountId, callCount: calls.length }
}

function act(simulator: Simulator, request: AdminRequest): object {
  switch (request.action) {
    case 'advance':
      simulator.advance(request.seconds)
      return state(simulator)
    case 'behave':
      simulator.behave(request.image, request.behaviour)
      return {}
    case 'registerContainerInstance':
      return simulator.registerContainerInstance(request.instance)
    case 'setAgentConnected':
      simulator.setAgentConnected(request.instance, request.connected, request.region)
      return {}
    case 'registerCapacityProvider':
      simulator.registerCapacityProvider(request.name, request.region, request.cluster)
      return {}
    case 'setCapacity':
      simulator.setCapacity(request.capacity, request.region)
      return {}
    case 'exitTask':
      simulator.exitTask(request.task, request.exitCode, request)
      return {}
    case 'setAlarm':
      simulator.setAlarm(request.name, request.on, request.region)
      return {}
    case 'setHookStatus':
      simulator.setHookStatus(request.functionArn, request.status, request.region)
      return {}
    case 'inject':
      simulator.inject(request.injection)
      return {}
    case 'clearFaults':
      simulator.clearFaults()
      return {}
    case 'deny':
      simulator.deny(request.actions)
      return {}
    case 'setThrottling':
      simulator.setThrottling(request.on)
      return {}
    case 'setConsistencySeconds':
      simulator.setConsistencySeconds(request.seconds)
      return {}
    case 'calls':
      return { calls: simulator.calls.slice(request.from ?? 0) }
    default:
      throw new Error(`unknown action ${JSON.stringify((request as { action?: unknown }).action)}`)
  }
}
