import { describe, expect, test } from '@jest/globals'
import { nodeAt, type Particle, sayProblem } from '../../src/particle.ts'
import { CLUSTER, cluster, DEFINITION, documents, particles, read, SERVICE } from './manifests.ts'

const ids = (made: Record<string, Particle>) => Object.keys(made)

describe('files and documents', () => {
  test('particles are sorted by id, whatever the order of the files', () => {
    const files = { 'a.yml': SERVICE, 'b.yml': DEFINITION, 'c.yml': CLUSTER }
    const backwards = Object.fromEntries(Object.entries(files).reverse())
    expect(read(files)).toEqual(read(backwards))
    expect(read(files).particles.map(({ id }) => id)).toEqual([
      'ecs_cluster:main',
      'ecs_service:web',
      'ecs_task_definition:web',
    ])
    expect(read(files).counts).toEqual({ files: 3, environments: [], particles: 3 })
  })

  test.each([
    ['one document', CLUSTER],
    ['a separator in front', `---\n${CLUSTER}`],
    ['a separator behind', `${CLUSTER}---\n`],
    ['an end mark', `${CLUSTER}...\n`],
    ['a comment behind the last separator', `${CLUSTER}---\n# more to come\n`],
    ['a list', '- flavor: ecs_cluster\n  pcf_name: main\n  aws_resource: {clusterName: main}\n'],
    ['line ends of Windows', CLUSTER.replaceAll('\n', '\r\n')],
    ['%YAML 1.2', `%YAML 1.2\n---\n${CLUSTER}`],
    ['JSON', '{"flavor": "ecs_cluster", "pcf_name": "main", "aws_resource": {"clusterName": "main"}}'],
    [
      'JSON with tabs',
      '{\n\t"flavor": "ecs_cluster",\n\t"pcf_name": "main",\n\t"aws_resource": {"clusterName": "main"}\n}',
    ],
    ['a JSON list', '[{"flavor": "ecs_cluster", "pcf_name": "main", "aws_resource": {"clusterName": "main"}}]'],
    [
      'a comment in JSON',
      '{"flavor": "ecs_cluster", # as PCF allows\n"pcf_name": "main", "aws_resource": {"clusterName": "main"}}',
    ],
  ])('%s', (_, text) => {
    expect(particles(text)['ecs_cluster:main']?.definition).toEqual({ clusterName: 'main' })
  })

  test('an empty list says that there is nothing', () => {
    expect(read({ 'a.yml': '[]\n' })).toMatchObject({ particles: [], problems: [] })
  })

  test('every problem of every file at once, by file and line', () => {
    const loaded = read({
      'b.yml': cluster(''),
      'a.yml': 'a: [\n',
      'c.yml': 'flavor: x\npcf_name: y\naws_resource: {}\n',
    })
    expect(loaded.problems.map(({ place }) => `${place?.file}:${place?.line}`)).toEqual([
      'a.yml:2',
      'b.yml:1',
      'c.yml:1',
    ])
  })

  test('a file that cannot be read makes nobody else wrong', () => {
    const loaded = read({ 'a.yml': 'a: [\n', 'b.yml': SERVICE })
    expect(loaded.problems.map(({ place }) => place?.file)).toEqual(['a.yml'])
  })

  test('an id in two files is said with both places', () => {
    const [problem] = read({ 'a.yml': CLUSTER, 'b.yml': CLUSTER }).problems
    expect(problem && sayProblem(problem)).toBe(
      'b.yml:1:1 pcf_name: ecs_cluster:main is declared at a.yml:1 as well; an id is unique over all manifests: rename one of them',
    )
  })

  test('no region is said once a file', () => {
    const loaded = read({ 'a.yml': documents(CLUSTER, DEFINITION), 'b.yml': SERVICE }, { region: undefined })
    expect(loaded.problems).toEqual([])
    expect(loaded.regionless.map(({ place }) => `${place?.file}:${place?.line}`)).toEqual(['a.yml:1', 'b.yml:1'])
    expect(loaded.regionless[0]?.message).toMatch(
      /^aws_resource.region_name is missing.*aws-region input or AWS_REGION$/,
    )
  })

  test('the environments that have patches are told, whichever is read', () => {
    const quasiparticle = `flavor: quasiparticle
pcf_name: fleet
environments: {qa: false}
particles: [{flavor: ecs_cluster, environments: {canary: false, dev: {desired_state: stopped}}, aws_resource: {clusterName: fleet}}]
`
    const files = {
      'a.yml': `${CLUSTER}environments: {staging: false, dev: {desired_state: stopped}}\n`,
      'b.yml': quasiparticle,
    }
    for (const environment of ['production', 'staging', 'qa', 'canary']) {
      expect(read(files, { environment }).counts.environments).toEqual(['canary', 'dev', 'qa', 'staging'])
    }
  })

  test('what one definition says of another is said beside mistakes elsewhere', () => {
    const service = SERVICE.replace('desiredCount: 1', 'desiredCount: 1, loadBalancers: [{containerName: wbe}]')
    const messages = (...more: readonly string[]) =>
      read({ 'a.yml': documents(CLUSTER, DEFINITION, service, ...more) }).problems.map(({ message }) => message)
    const misnamed = expect.stringContaining('"wbe" is no container of ecs_task_definition:web')
    expect(messages()).toEqual([misnamed])
    expect(messages('flavor: ecs_cluster\npcf_name: other\naws_resource: {clustrName: other}\n')).toContainEqual(
      misnamed,
    )
    // The one that is wrong itself is no measure for others.
    const wrong = DEFINITION.replace('memory: 128', 'memry: 128')
    const [problem, ...others] = read({ 'a.yml': documents(CLUSTER, wrong, service) }).problems
    expect([problem?.message, others]).toEqual([expect.stringContaining('did you mean memory?'), []])
    const unset = DEFINITION.replace('name: web, image', 'name: "${NAME}", image')
    expect(read({ 'a.yml': documents(CLUSTER, unset, service) }).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('${NAME} is not set') }),
    ])
  })

  test('keys of JavaScript are keys like any other', () => {
    const text = `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  containerDefinitions:
    - {name: web, image: nginx, memory: 128, dockerLabels: {__proto__: a, constructor: b}}
`
    const labels = nodeAt(particles(text)['ecs_task_definition:web']?.source ?? fail(), [
      'containerDefinitions',
      0,
      'dockerLabels',
    ])
    expect(labels?.kind === 'map' && [...labels.entries.keys()]).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })
})

function fail(): never {
  throw new Error('not there')
}

describe('scalars', () => {
  const value = (yaml: string) => {
    const text = `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  containerDefinitions: [{name: web, image: nginx, memory: 128, environment: [{name: A, value: ${yaml}}]}]
`
    const source = particles(text)['ecs_task_definition:web']?.source ?? fail()
    const node = nodeAt(source, ['containerDefinitions', 0, 'environment', 0, 'value'])
    return node?.kind === 'scalar' ? node.value : fail()
  }
  test.each([
    ['1.10', '1.10'],
    ['012', '012'],
    ['0x10', '0x10'],
    ['1e3', '1e3'],
    ['-0', '-0'],
    ['12345678901234567890', '12345678901234567890'],
    ['True', 'True'],
    ['yes', 'yes'],
    ['!!str 12', '12'],
    ['"\\ud83d\\ude00"', '😀'],
  ])('%s where a text is due stays what was written', (yaml, written) => {
    expect(value(yaml)).toBe(written)
  })
})

describe('anchors', () => {
  test('an alias is what its anchor names, at its place', () => {
    const text = documents(`flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: &name main
  tags: [{key: name, value: *name}]
`)
    const made = particles(text)['ecs_cluster:main']
    expect(made?.definition).toMatchObject({ tags: [{ key: 'name', value: 'main' }] })
    expect(made && nodeAt(made.source, ['tags', 0, 'value'])?.place).toEqual({ file: 'a.yml', line: 4, column: 22 })
  })

  test('<< merges maps: what stands in the map wins, then what is merged first', () => {
    const text = `- &a {flavor: ecs_cluster, pcf_name: a, aws_resource: {clusterName: a}}
- &b {flavor: ecs_cluster, pcf_name: b, aws_resource: {clusterName: b}}
- {<<: [*a, *b], pcf_name: c, aws_resource: {clusterName: c}}
- {"<<": 1}
`
    const loaded = read({ 'a.yml': text })
    expect(loaded.particles.map(({ id }) => id)).toEqual(['ecs_cluster:a', 'ecs_cluster:b', 'ecs_cluster:c'])
    // In quotes it is a key like any other, and here one too many.
    expect(loaded.problems.map(({ place }) => place?.line)).toEqual([4, 4, 4])
  })

  const listOf = (item: string, times: number) => `[${Array(times).fill(item).join(', ')}]`
  test.each([
    ['a hundred aliases are allowed', `- &a 1\n- ${listOf('*a', 100)}\n`, undefined],
    [
      'one more is not',
      `- &a 1\n- ${listOf('*a', 101)}\n`,
      'a.yml:2:404 *a: more than 100 aliases in one file; split it, or use a quasiparticle',
    ],
    [
      'aliases of aliases do not grow without end',
      `- &a ${listOf('1', 10)}\n- &b ${listOf('*a', 10)}\n- &c ${listOf('*b', 10)}\n- &d ${listOf('*c', 10)}\n- &e ${listOf('*d', 10)}\n`,
      'a.yml:5:7 *d: the aliases of this file stand for more than 20000 values; write out what they stand for',
    ],
    [
      'brackets do not nest without end',
      '['.repeat(100_000),
      'a.yml:1:129 nested more than 64 deep, which no definition is; check the brackets',
    ],
    ['nor do maps', '{a: '.repeat(100_000), /nested more than 64 deep/],
    ['nor do lists', '- '.repeat(100_000), /nested more than 64 deep/],
    [
      'nor do aliases',
      `- &a ${'['.repeat(40)}${']'.repeat(40)}\n- ${'['.repeat(40)}*a${']'.repeat(40)}\n`,
      /\*a: the aliases of this file nest more than 64 deep/,
    ],
  ])('%s', (_, text, problem) => {
    const said = read({ 'a.yml': text }).problems.map(sayProblem)
    if (problem === undefined) expect(said.join()).not.toMatch(/alias/)
    else expect(said).toContainEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem))
  })

  test('a large map costs no square', () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `k${index}: 1\n`).join('')
    const before = performance.now()
    expect(read({ 'a.yml': text }).problems.length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeLessThan(20_000)
  })
})

describe('environments', () => {
  const text = documents(
    `${cluster(`aws_resource:
  clusterName: main
  settings: [{name: containerInsights, value: enabled}]
  tags: [{key: a, value: b}]
environments:
  production:
    persist_on_termination: true
    aws_resource:
      settings: [{name: containerInsights, value: disabled}]
      tags: null
  staging: false
  elsewhere: {aws_resource: {clusterName: "\${ELSEWHERE}"}}
`)}`,
  )
  test('maps merge, lists are replaced, null removes', () => {
    const made = particles(text)['ecs_cluster:main']
    expect(made).toMatchObject({
      persistOnTermination: true,
      definition: { clusterName: 'main', settings: [{ name: 'containerInsights', value: 'disabled' }] },
    })
    expect(made?.definition).not.toHaveProperty('tags')
  })
  test('a patched value keeps the place of the patch', () => {
    const made = particles(text)['ecs_cluster:main']
    expect(made && nodeAt(made.source, ['settings', 0, 'value'])?.place.line).toBe(11)
    expect(made && nodeAt(made.source, ['clusterName'])?.place.line).toBe(4)
  })
  test('an environment without a patch takes the particle as it is', () => {
    expect(particles(text, { environment: 'test' })['ecs_cluster:main']?.definition).toHaveProperty('tags')
  })
  test('false leaves it out, and variables of other environments may be unset', () => {
    const found = read({ 'a.yml': text }, { environment: 'staging' })
    expect(found).toMatchObject({ particles: [], problems: [], counts: { files: 1, particles: 0 } })
    expect([...found.absent.keys()]).toEqual(['ecs_cluster:main'])
  })
})

describe('variables', () => {
  const name = (written: string, variables: Record<string, string> = {}) => {
    const text = DEFINITION.replace('memory: 128', () => `memory: 128, environment: [{name: A, value: "${written}"}]`)
    const source = particles(text, { variables })['ecs_task_definition:web']?.source ?? fail()
    const node = nodeAt(source, ['containerDefinitions', 0, 'environment', 0, 'value'])
    return node?.kind === 'scalar' ? node : fail()
  }
  test.each([
    ['${A}', { A: 'x' }, 'x'],
    ['a${A}b${A}c', { A: 'x' }, 'axbxc'],
    ['${A}', { A: '' }, ''],
    ['${A:-d}', {}, 'd'],
    ['${A:-d}', { A: '' }, 'd'],
    ['${A:-d}', { A: 'x' }, 'x'],
    ['${A:-}', {}, ''],
    ['${A:-a:b-c}', {}, 'a:b-c'],
    ['${A:?m}', { A: 'x' }, 'x'],
    ['$${A}', { A: 'x' }, '${A}'],
    ['$$${A}', { A: 'x' }, '$${A}'],
    ['$A $$ $(a) $', {}, '$A $$ $(a) $'],
    ['${A}', { A: '${B} $inherit$ecs_cluster:main$x' }, '${B} $inherit$ecs_cluster:main$x'],
    ['${A}', { A: '$inherit$ecs_cluster:main$x' }, '$inherit$ecs_cluster:main$x'],
    ['${ENVIRONMENT}', {}, 'production'],
  ] as const)('%s with %j is %s', (written, variables, value) => {
    expect(name(written, variables).value).toBe(value)
  })
  test('what a text was made of is kept', () => {
    expect(name('a${A}b$${C}', { A: 'x' }).parts).toEqual(['a', { variable: 'A', value: 'x' }, 'b${C}'])
    expect(name('$${C}').parts).toBeUndefined()
  })
  test('their values stand in no message, not even where something else is meant', () => {
    const secret = { variables: { SECRET: 'hunter2', OTHER: 'hunter3' } }
    const named = (id: string) => `flavor: ecs_cluster\npcf_name: "${id}"\naws_resource: {clusterName: "${id}"}\n`
    const fleet = `flavor: quasiparticle
pcf_name: fleet
particles:
  - {flavor: ecs_cluster, pcf_name: "\${SECRET}-a", aws_resource: {clusterName: a}}
  - {flavor: ecs_cluster, pcf_name: b, base_particle_config: "\${OTHER}-a", aws_resource: {clusterName: b}}
`
    const text = documents(
      named('${SECRET}'),
      named('${SECRET}'),
      named('c').replace('aws_', 'parents: ["ecs_cluster:${OTHER}"]\naws_'),
      named('d').replace(
        'aws_resource: {',
        () =>
          'parents: ["ecs_cluster:${SECRET}"]\naws_resource: {tags: [{key: a, value: "$inherit$ecs_cluster:${OTHER}$status"}], ',
      ),
      fleet,
    )
    const messages = read({ 'a.yml': text }, secret).problems.map(sayProblem)
    expect(messages.join('\n')).not.toMatch(/hunter/)
    expect(messages).toEqual([
      'a.yml:5:1 pcf_name: ecs_cluster:${SECRET} is declared at a.yml:1 as well; an id is unique over all manifests: rename one of them',
      'a.yml:11:11 parents: ecs_cluster:${OTHER} is not declared; did you mean ecs_cluster:${SECRET}?',
      'a.yml:17:39 aws_resource.tags[0].value: $inherit$ecs_cluster:${OTHER}$status names no parent of this particle (did you mean ecs_cluster:${SECRET}?); add it to parents',
      'a.yml:23:62 base_particle_config must name an earlier member with the same flavor, not ${OTHER}-a; name one that stands above this one',
    ])
  })

  test('the environment of the process is nobody’s business', () => {
    process.env.ONLY_HERE = 'x'
    const loaded = read({ 'a.yml': cluster('aws_resource: {clusterName: "${ONLY_HERE}"}\n') })
    delete process.env.ONLY_HERE
    expect(loaded.problems).toHaveLength(1)
  })
  test('they stand anywhere in a particle', () => {
    const text = documents(
      'flavor: ecs_cluster\npcf_name: ${NAME}\naws_resource: {clusterName: "${NAME}"}\n',
      DEFINITION,
      SERVICE.replace('cluster:main', 'cluster:${NAME}')
        .replace('desiredCount: 1', 'desiredCount: "${COUNT}", custom_config: {initial_desired_count: "${COUNT}"}')
        .concat('persist_on_update: ${YES}\ndesired_state: ${STATE:-running}\n'),
    )
    const made = particles(text.replace('[ecs_cluster:${NAME},', '["ecs_cluster:${NAME}",'), {
      variables: { NAME: 'blue', COUNT: '3', YES: 'true' },
    })
    expect(made['ecs_service:web']).toMatchObject({
      parents: ['ecs_cluster:blue', 'ecs_task_definition:web'],
      definition: { cluster: 'blue', desiredCount: 3 },
      options: { initial_desired_count: 3 },
      persistOnUpdate: true,
    })
  })
})

describe('links', () => {
  test('a parent fills what it names, at the place that names it', () => {
    const made = particles(documents(CLUSTER, DEFINITION, SERVICE))['ecs_service:web']
    expect(made).toMatchObject({
      parents: ['ecs_cluster:main', 'ecs_task_definition:web'],
      definition: { cluster: 'main', serviceName: 'web', desiredCount: 1 },
    })
    // Which revision is for the plan to say.
    expect(made?.definition).not.toHaveProperty('taskDefinition')
    expect(made && nodeAt(made.source, ['cluster'])?.place).toEqual({ file: 'a.yml', line: 13, column: 11 })
  })

  const alone = SERVICE.replace(/parents.*\n/, '')
  test.each([
    [
      'children name the link as well',
      documents(`${CLUSTER}children: [ecs_service:web]\n`, `${DEFINITION}children: [ecs_service:web]\n`, alone),
    ],
    ['both sides may name it', documents(`${CLUSTER}children: [ecs_service:web]\n`, DEFINITION, SERVICE)],
    [
      'names in the definition are links',
      documents(CLUSTER, DEFINITION, alone.replace('{', '{cluster: main, taskDefinition: web, ')),
    ],
    [
      'so are ARNs',
      documents(
        CLUSTER,
        DEFINITION,
        alone.replace('{', '{cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/main", taskDefinition: web, '),
      ),
    ],
    [
      "and PCF's names",
      documents(CLUSTER, DEFINITION, alone.replace('{', '{clusterName: main, taskDefinitionArn: web, ')),
    ],
    [
      'a parent and the same name',
      documents(CLUSTER, DEFINITION, SERVICE.replace('{', '{cluster: main, clusterName: main, taskDefinition: web, ')),
    ],
    [
      'what is inherited from the parent itself',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace(
          '{',
          '{cluster: $inherit$ecs_cluster:main$clusterArn, taskDefinition: $inherit$ecs_task_definition:web$taskDefinitionArn, ',
        ),
      ),
    ],
  ])('%s', (_, text) => {
    const made = particles(text)['ecs_service:web']
    expect(made?.parents).toEqual(['ecs_cluster:main', 'ecs_task_definition:web'])
    expect(made?.definition.cluster).toMatch(/(^|\/)main$/)
    expect(made?.definition).not.toHaveProperty('taskDefinition')
  })

  test('what is declared nowhere may be named by the definition', () => {
    const made = particles(alone.replace('{', '{cluster: theirs, taskDefinition: "theirs:7", '))['ecs_service:web']
    expect(made).toMatchObject({ parents: [], definition: { cluster: 'theirs', taskDefinition: 'theirs:7' } })
  })

  test('the same name in another region is another thing', () => {
    const other = CLUSTER.replace('pcf_name: main', 'pcf_name: eu').replace('main}', 'main, region_name: eu-west-1}')
    const made = particles(documents(other, alone.replace('{', '{cluster: main, taskDefinition: "web:7", ')))
    expect(made['ecs_service:web']?.parents).toEqual([])
    expect(made['ecs_cluster:eu']?.region).toBe('eu-west-1')
  })

  test('a pinned revision agrees with the one that is named', () => {
    const pinned = DEFINITION.replace('family: web', 'family: web\n  revision: 7')
    const made = particles(documents(CLUSTER, pinned, SERVICE.replace('{', "{taskDefinition: 'web:7', ")))
    expect(made['ecs_service:web']?.definition).not.toHaveProperty('taskDefinition')
  })

  test('an instance takes its id from the instance that it refers to', () => {
    const text = documents(
      CLUSTER,
      'flavor: ec2_instance\npcf_name: one\naws_resource: {InstanceId: i-0123456789abcdef0, ImageId: ami-1}\n',
      'flavor: ecs_instance\npcf_name: one\nparents: [ecs_cluster:main, ec2_instance:one]\naws_resource: {attributes: {rack: a}}\n',
    )
    expect(particles(text)['ecs_instance:one']?.definition).toMatchObject({
      cluster: 'main',
      ec2InstanceId: 'i-0123456789abcdef0',
    })
  })

  test('a chain longer than any stack', () => {
    const chain = Array.from({ length: 12_000 }, (_, index) => {
      const parents = index > 0 ? `parents: ["ecs_cluster:c${index - 1}"]\n` : ''
      return `flavor: ecs_cluster\npcf_name: c${index}\n${parents}aws_resource: {clusterName: c${index}}\n`
    })
    expect(ids(particles(documents(...chain)))).toHaveLength(12_000)
  })
})

describe('inheritance', () => {
  test('names resolve at once, the rest is left to the plan', () => {
    const text = documents(
      CLUSTER,
      DEFINITION.replace('family: web', 'family: "${FAMILY}"'),
      SERVICE.replace(
        'serviceName: web',
        'serviceName: $inherit$ecs_task_definition:web$family, platformVersion: $inherit$ecs_cluster:main$tags.0.value',
      ),
    )
    const made = particles(text, { variables: { FAMILY: 'api' } })['ecs_service:web']
    expect(made && nodeAt(made.source, ['serviceName'])).toEqual({
      kind: 'scalar',
      place: { file: 'a.yml', line: 14, column: 29 },
      value: 'api',
      parts: [{ variable: 'FAMILY', value: 'api' }],
    })
    expect(made && nodeAt(made.source, ['platformVersion'])).toMatchObject({
      inherit: { from: 'ecs_cluster:main', key: 'tags.0.value' },
    })
    expect(made?.definition).toMatchObject({ platformVersion: { unknown: 'ecs_cluster:main' } })
  })

  test('from the parent of a parent as well', () => {
    const api = SERVICE.replace('pcf_name: web', 'pcf_name: api').replace('serviceName: web', 'serviceName: api-$x')
    const text = documents(
      CLUSTER,
      DEFINITION,
      SERVICE,
      api
        .replace('[ecs_cluster:main', '[ecs_service:web, ecs_cluster:main')
        .replace('api-$x', '$inherit$ecs_cluster:main$clusterName'),
    )
    expect(particles(text)['ecs_service:api']?.definition).toMatchObject({ serviceName: 'main' })
  })
})

describe('desired state', () => {
  test.each([
    ['running, where nothing is said', CLUSTER, SERVICE, 'running', false],
    ["its cluster's, when that is to go", `${CLUSTER}desired_state: terminated\n`, SERVICE, 'terminated', false],
    ["its cluster's, when that is to be stopped", `${CLUSTER}desired_state: stopped\n`, SERVICE, 'stopped', false],
    ['its own', CLUSTER, `${SERVICE}desired_state: stopped\n`, 'stopped', true],
    ['its own, in the words of PCF', CLUSTER, `${SERVICE}desired_state: State.terminated\n`, 'terminated', true],
  ])('%s', (_, above, below, desired, desiredIsOwn) => {
    expect(particles(documents(above, DEFINITION, below))['ecs_service:web']).toMatchObject({ desired, desiredIsOwn })
  })
})

describe('quasiparticles', () => {
  const fleet = (members: string, rest = '') =>
    documents(
      CLUSTER,
      `flavor: quasiparticle\npcf_name: fleet\nparents: [ecs_cluster:main]\n${rest}particles:\n${members}`,
    )
  const definition = (more = '') =>
    `  - {flavor: ecs_task_definition, ${more}aws_resource: {family: fleet, containerDefinitions: [{name: a, image: b, memory: 128}]}}\n`
  const service = (more = '') =>
    `  - {flavor: ecs_service, parents: [ecs_task_definition:fleet], ${more}aws_resource: {serviceName: fleet, desiredCount: 1}}\n`

  test('members take its name and its parents', () => {
    const made = particles(fleet(definition() + service()))
    expect(ids(made)).toEqual(['ecs_cluster:main', 'ecs_service:fleet', 'ecs_task_definition:fleet'])
    expect(made['ecs_service:fleet']?.parents).toEqual(['ecs_cluster:main', 'ecs_task_definition:fleet'])
    expect(made['ecs_task_definition:fleet']?.parents).toEqual(['ecs_cluster:main'])
  })

  test('what it says of states holds for every member', () => {
    const made = particles(fleet(definition(), 'desired_state: terminated\npersist_on_termination: true\n'))
    expect(made['ecs_task_definition:fleet']).toMatchObject({
      desired: 'terminated',
      desiredIsOwn: true,
      persistOnTermination: true,
    })
  })

  test('a multiplier makes copies with numbers', () => {
    const made = particles(fleet(definition() + service('multiplier: 2, ')))
    expect(ids(made)).toEqual([
      'ecs_cluster:main',
      'ecs_service:fleet-0',
      'ecs_service:fleet-1',
      'ecs_task_definition:fleet',
    ])
    expect(made['ecs_service:fleet-1']?.definition).toMatchObject({ serviceName: 'fleet-1' })
  })

  test('one copy has a number as well', () => {
    expect(ids(particles(fleet(definition('multiplier: 1, '))))).toContain('ecs_task_definition:fleet-0')
  })

  test('between members with the same multiplier, numbers go together', () => {
    const made = particles(fleet(definition('multiplier: 2, ') + service('multiplier: 2, ')))
    expect(made['ecs_service:fleet-1']?.parents).toEqual(['ecs_cluster:main', 'ecs_task_definition:fleet-1'])
  })

  test('from elsewhere, a multiplied member means all copies, and a quasiparticle all members', () => {
    const last = 'flavor: ecs_cluster\npcf_name: last\nparents: [PARENT]\naws_resource: {clusterName: last}\n'
    const text = fleet(definition() + service('multiplier: 2, '))
    const parents = (id: string) => particles(documents(text, last.replace('PARENT', id)))['ecs_cluster:last']?.parents
    expect(parents('ecs_service:fleet')).toEqual(['ecs_service:fleet-0', 'ecs_service:fleet-1'])
    expect(parents('ecs_service:fleet-1')).toEqual(['ecs_service:fleet-1'])
    expect(parents('quasiparticle:fleet')).toEqual([
      'ecs_service:fleet-0',
      'ecs_service:fleet-1',
      'ecs_task_definition:fleet',
    ])
  })

  test('a base is what a member starts from', () => {
    const other =
      '  - {flavor: ecs_task_definition, pcf_name: other, base_particle_config: fleet, persist_on_update: true, aws_resource: {family: other, tags: [{key: a, value: b}]}}\n'
    const made = particles(fleet(definition() + other))['ecs_task_definition:other']
    expect(made).toMatchObject({
      persistOnUpdate: true,
      definition: { family: 'other', containerDefinitions: [{ name: 'a' }], tags: [{ key: 'a' }] },
    })
    expect(made?.source.place.line).toBe(9)
    expect(made && nodeAt(made.source, ['family'])?.place.line).toBe(10)
  })

  describe('a member upon a base is patched as a whole', () => {
    const based = (patch: string, more = '') =>
      `  - flavor: ecs_task_definition
    aws_resource:
      family: fleet
      cpu: 256
      memory: 512
      containerDefinitions: [{name: a, image: "a:1", memory: 128}]
      tags: {team: one, kept: two}
  - flavor: ecs_task_definition
    pcf_name: other
    base_particle_config: fleet
${more}    aws_resource: {family: other}
    environments: ${patch}
`
    const other = (text: string, around = {}) => particles(fleet(text), around)['ecs_task_definition:other']

    test('its patch removes what the base states', () => {
      const text = based(
        '{production: {aws_resource: {cpu: null}, persist_on_update: null}}',
        '    persist_on_update: true\n',
      )
      expect(other(text)).toMatchObject({ persistOnUpdate: false, definition: { family: 'other', memory: '512' } })
      expect(other(text)?.definition).not.toHaveProperty('cpu')
      expect(other(text, { environment: 'test' })?.definition).toHaveProperty('cpu', '256')
    })

    test('its paths lead into what the base states, and its variables are of its environment', () => {
      const text = based(
        '{production: {aws_resource: {"containerDefinitions[a].image": "${TAG}", "tags[team].value": new}}, test: {aws_resource: {cpu: "${UNSET}"}}}',
      )
      expect(other(text, { variables: { TAG: 'a:2' } })?.definition).toMatchObject({
        containerDefinitions: [{ name: 'a', image: 'a:2', memory: 128 }],
        tags: [
          { key: 'team', value: 'new' },
          { key: 'kept', value: 'two' },
        ],
      })
    })

    test('its patch may name another base, none, or more copies', () => {
      const none = based('{production: {base_particle_config: null, multiplier: 2}}').replace(
        '{family: other}',
        '{family: other, containerDefinitions: [{name: b, image: "b:1", memory: 64}]}',
      )
      const made = particles(fleet(none))
      expect(made['ecs_task_definition:other-1']?.definition).toEqual({
        family: 'other-1',
        containerDefinitions: [{ name: 'b', image: 'b:1', memory: 64 }],
      })
      const later = based('{production: {base_particle_config: fleet}}').replace(
        '    base_particle_config: fleet\n',
        '',
      )
      expect(other(later)?.definition).toHaveProperty('memory', '512')
    })

    test('a path that leads nowhere, and a secret in a name, are found', () => {
      const text = based('{production: {aws_resource: {"containerDefinitions[b].image": x, family: "${TOKEN}"}}}')
      const around = { variables: { TOKEN: 'hunter2' }, secretVariables: ['TOKEN'] }
      expect(read({ 'a.yml': fleet(text) }, around).problems.map(({ message }) => message)).toEqual([
        'environments.production.aws_resource: "containerDefinitions[b].image" leads nowhere: containerDefinitions has no "b"; did you mean a?',
        'aws_resource.family: ${TOKEN} is a secret variable, and what stands here is shown; write it out, or take the name out of secret-variables',
      ])
    })

    test('a secret variable may stand in what is not shown', () => {
      const text = based('{production: {aws_resource: {"containerDefinitions[a].image": "${TOKEN}"}}}')
      const around = { variables: { TOKEN: 'hunter2' }, secretVariables: ['TOKEN'] }
      expect(read({ 'a.yml': fleet(text) }, around).problems).toEqual([])
    })

    test('what is wrong in a patch is said, whichever environment is read', () => {
      const text = based('{test: {aws_resource: {}, stray: x}, production: 1}')
      expect(read({ 'a.yml': fleet(text) }).problems.map(({ message }) => message)).toEqual([
        'environments.test.stray is not a key of a particle',
        'environments.production must be a map to be merged into the particle, or false, not the number 1',
      ])
    })
  })

  test('a variable in a name stays visible in its copies', () => {
    const made = particles(fleet(definition('multiplier: 2, ').replace('family: fleet', 'family: "${F}"')), {
      variables: { F: 'f' },
    })
    expect(nodeAt(made['ecs_task_definition:fleet-1']?.source ?? fail(), ['family'])).toMatchObject({
      value: 'f-1',
      parts: [{ variable: 'F', value: 'f' }, '-1'],
    })
  })

  test('it and its members know environments', () => {
    const only =
      definition('environments: {staging: false}, ') + service('environments: {production: {desired_state: stopped}}, ')
    const made = particles(fleet(only, 'environments: {test: false}\n'))
    expect(made['ecs_service:fleet']?.desired).toBe('stopped')
    const loaded = read({ 'a.yml': fleet(only, 'environments: {test: false}\n') }, { environment: 'test' })
    expect(loaded.particles.map(({ id }) => id)).toEqual(['ecs_cluster:main'])
    const after = SERVICE.replace('ecs_cluster:main, ecs_task_definition:web', 'ecs_service:fleet').replace(
      '{',
      '{cluster: x, taskDefinition: "x:1", ',
    )
    const without = documents(fleet(only, 'environments: {test: false}\n'), after)
    expect(read({ 'a.yml': without }, { environment: 'test' }).problems[0]?.message).toMatch(
      /^parents: ecs_service:fleet is not in this environment \(a.yml:8\)/,
    )
    const staging = read({ 'a.yml': fleet(only) }, { environment: 'staging' })
    expect(staging.problems[0]?.message).toMatch(/^parents: ecs_task_definition:fleet is not in this environment/)
  })
})

describe('files of PCF', () => {
  test('a service with its parents, as JSON', () => {
    const text = JSON.stringify([
      { pcf_name: 'shop', flavor: 'ecs_cluster', aws_resource: { clusterName: 'shop', region_name: 'us-west-2' } },
      {
        pcf_name: 'cart',
        flavor: 'ecs_task_definition',
        aws_resource: {
          region_name: 'us-west-2',
          family: 'cart',
          containerDefinitions: [
            {
              name: 'cart',
              image: 'cart:1',
              memory: 512,
              cpu: 256,
              essential: true,
              portMappings: [{ hostPort: 0, containerPort: 8000, protocol: 'tcp' }],
              mountPoints: [{ containerPath: '/data', sourceVolume: 'data', readOnly: true }],
              environment: [{ name: 'HTTP_PROXY', value: 'http://proxy.example.com:8080' }],
            },
          ],
          volumes: [{ host: { sourcePath: '/var/lib/data' }, name: 'data' }],
        },
      },
      {
        pcf_name: 'cart',
        flavor: 'ecs_service',
        desired_state: 'State.running',
        parents: ['ecs_cluster:shop', 'ecs_task_definition:cart'],
        aws_resource: { region_name: 'us-west-2', serviceName: 'cart', desiredCount: 1 },
      },
    ])
    const { problems, particles: made } = read({ 'pcf.json': text }, { region: undefined })
    expect(problems).toEqual([])
    expect(made.map(({ id, region }) => `${region} ${id}`)).toEqual([
      'us-west-2 ecs_cluster:shop',
      'us-west-2 ecs_service:cart',
      'us-west-2 ecs_task_definition:cart',
    ])
  })
})
