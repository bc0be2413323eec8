import { all, always, checks, is, isNot, type RefusalRule, type Stated, wellFormed } from '../../schema/refusals.ts'
import { cpuSize, memorySize } from '../../schema/sizes.ts'
import { checkReserved } from './checkReserved.ts'

/** Fargate's sizes: CPU units → MiB from, to, in steps of. From "Task size" in the ECS developer guide. */
const sizes: ReadonlyMap<number, readonly [from: number, to: number, step: number]> = new Map([
  [256, [512, 2048, 512]],
  [512, [1024, 4096, 1024]],
  [1024, [2048, 8192, 1024]],
  [2048, [4096, 16_384, 1024]],
  [4096, [8192, 30_720, 1024]],
  [8192, [16_384, 61_440, 4096]],
  [16_384, [32_768, 122_880, 8192]],
])

/** The definition itself requires Fargate. */
export const isForFargate = (definition: Stated): boolean =>
  definition.scalars('requiresCompatibilities').some(([, value]) => value === 'FARGATE')

const impossible = 'is not possible on FARGATE: leave it out'

const refused = (...members: readonly string[]) => members.map((member): RefusalRule => [member, always, impossible])

const isOn = (member: string): RefusalRule => [member, container => container.flag(member) === true, impossible]

const seconds = (member: string): RefusalRule => [
  member,
  container => {
    const stated = container.number(member) ?? 2
    return stated < 2 || stated > 120
  },
  `must be between 2 and 120 on FARGATE, not {"${member}"}`,
]

// From "Amazon ECS task definition differences for Fargate" in the developer guide, and from ECS's own refusals.
const checkRules = checks({
  '': [
    ['networkMode', isNot('networkMode', 'awsvpc'), 'must be awsvpc for FARGATE, not {"networkMode"}'],
    ['pidMode', isNot('pidMode', 'task'), 'must be task for FARGATE, not {"pidMode"}'],
    ...refused('ipcMode', 'placementConstraints'),
  ],
  'volumes[]': refused('dockerVolumeConfiguration'),
  'volumes[].host': refused('sourcePath'),
  'containerDefinitions[]': [
    isOn('disableNetworking'),
    ...refused('dnsServers', 'dnsSearchDomains'),
    isOn('privileged'),
    ...refused('dockerSecurityOptions'),
    seconds('startTimeout'),
    seconds('stopTimeout'),
  ],
  'containerDefinitions[].resourceRequirements[]': [
    ['type', is('type', 'GPU'), 'must not be GPU for FARGATE, which has none: leave the requirement out'],
  ],
  'containerDefinitions[].linuxParameters': refused('devices', 'sharedMemorySize', 'maxSwap', 'swappiness'),
  'containerDefinitions[].logConfiguration': [
    [
      'logDriver',
      all(wellFormed, isNot('logDriver', 'awslogs', 'splunk', 'awsfirelens')),
      'must be one of awslogs, splunk, awsfirelens on FARGATE, not {"logDriver"}',
    ],
  ],
})

/** What Fargate does not have, and the sizes that it has. */
export function checkFargate(definition: Stated): void {
  if (!isForFargate(definition)) return
  const missing = ['cpu', 'memory'].filter(name => !definition.given(name))
  if (definition.wellFormed && missing.length > 0) definition.report('', `needs ${missing.join(' and ')} for FARGATE`)
  checkSize(definition)
  // "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'", ECS says.
  checkReserved(definition, 'cpu', cpuSize.read, ['cpu'], 'CPU units')
  if (definition.wellFormed && !definition.given('networkMode'))
    definition.report('networkMode', 'must be awsvpc for FARGATE: left out it is bridge')
  checkRules(definition)
}

function checkSize(definition: Stated): void {
  const units = cpuSize.read(definition.text('cpu') ?? '')
  if (units === undefined) return
  const size = sizes.get(units)
  if (!size) {
    // Larger sizes than these have come before.
    if (units < 16_384) {
      const known = [...sizes.keys()].join(', ')
      definition.report('cpu', `must be one of ${known} for FARGATE, not ${definition.quoted('cpu')}`)
    }
    return
  }
  const mib = memorySize.read(definition.text('memory') ?? '')
  if (mib === undefined) return
  const [from, to, step] = size
  // 512 MiB is the one size below the steps of its row.
  if (mib >= from && mib <= to && mib % step === 0 && !(units === 256 && mib === 1536)) return
  const possible = units === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}`
  const [cpu, memory] = [definition.written('cpu'), definition.quoted('memory')]
  definition.report('memory', `must be ${possible} MiB with cpu ${cpu} for FARGATE, not ${memory}`)
}
