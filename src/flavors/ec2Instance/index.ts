import type { Flavor } from '../../engine/flavor.ts'
import { vocabulary } from '../vocabulary.ts'

/** An EC2 instance that others refer to. It is never looked at and never changed. */
export interface ReferenceDefinition {
  readonly InstanceId?: string
}

const never = (): Promise<never> => Promise.reject(new Error('an ec2_instance is a reference: it is never changed'))

export const ec2Instance: Flavor<ReferenceDefinition, never, undefined> = {
  ...vocabulary.ec2_instance,
  referenceOnly: true,
  read: () => ({ state: 'running' }),
  compare: () => ({ changes: [] }),
  describe: () => ({ changes: [] }),
  goodbye: () => [],
  reference: particle => particle.definition.InstanceId,
  current: particle => ({ ...particle.definition }),
  resume: () => undefined,
  settled: () => ({ is: 'settled', because: 'a reference' }),
  look: () => Promise.resolve(undefined),
  start: never,
  update: never,
  terminate: never,
}
