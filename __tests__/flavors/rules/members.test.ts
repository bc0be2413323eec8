import { readFileSync, writeFileSync } from 'node:fs'
import {
  CreateClusterRequest$,
  CreateServiceRequest$,
  RegisterTaskDefinitionRequest$,
  RunTaskRequest$,
} from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { NormalizedSchema } from '@smithy/core/schema'
import type { StaticStructureSchema } from '@smithy/types'
import type { Rules } from '../../../src/compare/rules.ts'
import { clusterRules } from '../../../src/flavors/cluster/rules.ts'
import { serviceRules } from '../../../src/flavors/service/rules.ts'
import { taskRules } from '../../../src/flavors/task/rules.ts'
import { taskDefinitionRules } from '../../../src/flavors/taskDefinition/rules.ts'

const requests: [name: string, model: StaticStructureSchema, rules: Rules][] = [
  ['RegisterTaskDefinition', RegisterTaskDefinitionRequest$, taskDefinitionRules],
  ['CreateService', CreateServiceRequest$, serviceRules],
  ['CreateCluster', CreateClusterRequest$, clusterRules],
  ['RunTask', RunTaskRequest$, taskRules],
]

/** Every member of a request, nested ones too: `containerDefinitions.portMappings.protocol`, and `PortMapping.protocol`. */
function membersOf(model: StaticStructureSchema): { paths: string[]; members: Set<string> } {
  const paths: string[] = []
  const members = new Set<string>()
  const visit = (schema: NormalizedSchema, path: string): void => {
    if (schema.isListSchema() || schema.isMapSchema()) visit(schema.getValueSchema(), path)
    else if (schema.isStructSchema()) {
      const [, , shape] = schema.getSchema() as StaticStructureSchema
      for (const [name, member] of schema.structIterator()) {
        const at = path === '' ? name : `${path}.${name}`
        paths.push(at)
        members.add(`${shape}.${name}`)
        visit(member, at)
      }
    }
  }
  visit(NormalizedSchema.of(model), '')
  return { paths: paths.sort(), members }
}

// A member that is new in the API fails here until somebody has decided whether it needs a rule. Then
// RENEW_MEMBERS=1 script/test __tests__/flavors/rules/members
const known = new URL('../../fixtures/members.json', import.meta.url)

test('no member of a request is new in the API', () => {
  const paths = Object.fromEntries(requests.map(([name, model]) => [name, membersOf(model).paths]))
  if (process.env.RENEW_MEMBERS) writeFileSync(known, `${JSON.stringify(paths, null, 1)}\n`)
  expect(paths).toEqual(JSON.parse(readFileSync(known, 'utf8')))
})

test('every rule has its member', () => {
  const members = new Set(requests.flatMap(([, model]) => [...membersOf(model).members]))
  const ruled = requests.flatMap(([, , rules]) =>
    Object.entries(rules).flatMap(([shape, row]) => Object.keys(row).map(member => `${shape}.${member}`)),
  )
  expect(ruled.filter(member => !members.has(member))).toEqual([])
})
