import { describe, expect, test } from '@jest/globals'
import { sayProblem } from '../../src/particle.ts'
import { CLUSTER, DEFINITION, documents, read, SERVICE } from './manifests.ts'

const lines = (text: string, around = {}) => {
  const { unmanaged, problems } = read({ 'u.yml': text }, around)
  expect(problems.map(sayProblem)).toEqual([])
  return unmanaged.map(({ address: thing, place }) => `${place.line} ${thing}`)
}

describe('lines that let go', () => {
  test('are read from a document of their own, beside particles', () => {
    const text = documents(CLUSTER, 'unmanaged:\n  - ecs_service us-east-1 main/web\n  - ecs_cluster eu-west-1 old\n')
    expect(lines(text)).toEqual(['6 ecs_service us-east-1 main/web', '7 ecs_cluster eu-west-1 old'])
    expect(read({ 'u.yml': text }).particles.map(({ id }) => id)).toEqual(['ecs_cluster:main'])
  })

  test('stand in a list of particles as well, and as JSON', () => {
    expect(lines('[{"unmanaged": ["ecs_task us-east-1 main/a/b"]}]')).toEqual(['1 ecs_task us-east-1 main/a/b'])
  })

  test('are for every environment, unless it is patched or left out', () => {
    const text = `unmanaged: ['ecs_cluster us-east-1 \${NAME:-old}']
environments:
  staging: false
  test: { unmanaged: ['ecs_cluster us-east-1 test'] }
`
    expect(lines(text, { variables: { NAME: 'mine' } })).toEqual(['1 ecs_cluster us-east-1 mine'])
    expect(lines(text, { environment: 'staging' })).toEqual([])
    expect(lines(text, { environment: 'test' })).toEqual(['4 ecs_cluster us-east-1 test'])
    expect(read({ 'u.yml': text }).counts.environments).toEqual(['staging', 'test'])
  })

  test.each([
    [
      'no list',
      'unmanaged: ecs_cluster us-east-1 old\n',
      '1:12 unmanaged must be a list of resources such as ecs_service us-east-1 shop/web, not the text "ecs_cluster us-east-1 old"',
    ],
    [
      'a particle',
      'unmanaged:\n  - ecs_cluster:old\n',
      '2:5 unmanaged must hold resources as plans spell them, flavor, region and name: ecs_service us-east-1 shop/web, not "ecs_cluster:old"; copy the line of the plan',
    ],
    [
      'a map',
      'unmanaged: [{thing: a}]\n',
      '1:13 unmanaged must hold resources as plans spell them, flavor, region and name: ecs_service us-east-1 shop/web, not a map; copy the line of the plan',
    ],
    [
      'an unknown flavor',
      'unmanaged: [ecs_servcie us-east-1 main/web]\n',
      '1:13 unmanaged "ecs_servcie us-east-1 main/web": flavor ecs_servcie is not known; did you mean ecs_service?',
    ],
    [
      'a reference',
      'unmanaged: [ec2_instance us-east-1 i-1]\n',
      '1:13 unmanaged "ec2_instance us-east-1 i-1": ec2_instance is a reference and never changed, so there is nothing to let go; remove it',
    ],
    [
      'no region',
      'unmanaged: [ecs_service main web]\n',
      '1:13 unmanaged "ecs_service main web": the second word must be a region such as us-east-1, not main',
    ],
    [
      'half a name',
      'unmanaged: [ecs_service us-east-1 web]\n',
      '1:13 unmanaged "ecs_service us-east-1 web": ecs_service is named by cluster/serviceName; write both',
    ],
    [
      'one twice',
      'unmanaged:\n  - ecs_cluster us-east-1 old\n  - ecs_cluster us-east-1 old\n',
      '3:5 unmanaged: "ecs_cluster us-east-1 old" stands at u.yml:2 as well; keep one of them',
    ],
    [
      'something beside it',
      'unmanaged: []\npcf_name: old\n',
      '2:1 pcf_name cannot stand beside unmanaged, which declares nothing; write it as a document of its own',
    ],
    [
      'an unset variable',
      "unmanaged: ['ecs_cluster us-east-1 ${WHO}']\n",
      '1:13 unmanaged[0]: ${WHO} is not set; set it in the variables input, give a default with ${WHO:-default}, or write $${WHO} for the text itself',
    ],
    [
      'a secret variable',
      "unmanaged: ['ecs_cluster us-east-1 ${SECRET}']\n",
      '1:13 unmanaged: ${SECRET} is a secret variable, and what stands here is shown; write it out, or take the name out of secret-variables',
    ],
    [
      'what is still declared',
      documents(CLUSTER, DEFINITION, SERVICE, 'unmanaged: [ecs_service us-east-1 main/web]\n'),
      '16:13 unmanaged: "ecs_service us-east-1 main/web" is still declared, as ecs_service:web at u.yml:11; remove one of them',
    ],
  ])('%s is refused at its line', (_, text, problem) => {
    const around = { variables: { SECRET: 'hunter2' }, secretVariables: ['SECRET'] }
    const { problems, unmanaged } = read({ 'u.yml': text }, around)
    expect(problems.map(sayProblem)).toEqual([`u.yml:${problem}`])
    expect(JSON.stringify([problems, unmanaged])).not.toContain('hunter2')
  })
})
