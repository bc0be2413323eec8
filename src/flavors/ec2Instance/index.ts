import type { Flavor } from '../../engine/flavor.ts'

/** An EC2 instance that others refer to. No call describes or changes it. */
export interface ReferenceDefinition {
  readonly InstanceId?: string
}

const never = (): Promise<never> => Promise.reject(new Error('an ec2_instance is a reference: it is never changed'))

/** `ec2_instance`, spelled as EC2 does: a machine that `ecs_instance` names as its parent. Only referred to. */
export const ec2Instance: Flavor<ReferenceDefinition, never, undefined> = {
  name: 'ec2_instance',
  ownMembers: { InstanceId: { kind: 'text' } },
  open: true,
  refused: {},
  required: ['InstanceId'],
  aliases: {},
  needs: {},
  options: {},
  identifiedBy: ['InstanceId'],
  referredByName: true,
  description: 'An EC2 instance: a reference, never changed.',
  descriptions: { InstanceId: 'The EC2 instance, which is never changed.' },
  calls: [],
  referenceOnly: true,
  assess: ({ definition }) => ({
    observed: { state: 'running' },
    reference: definition.InstanceId,
    currentDefinition: { ...definition },
    memo: undefined,
    additions: () => ({ changes: [] }),
  }),
  progress: () => ({ is: 'settled', because: 'a reference' }),
  describe: () => Promise.resolve(undefined),
  start: never,
  update: never,
  terminate: never,
}
