import { describe, expect, test } from '@jest/globals'
import { sayProblem } from '../../src/particle.ts'
import { particles, read } from './manifests.ts'

/** What PCF's own files say of ECS: it loads unchanged, or is told at its line what to change. */

const CLUSTER = { pcf_name: 'crew', flavor: 'ecs_cluster', aws_resource: { clusterName: 'crew-cluster' } }

const DEFINITION = {
  pcf_name: 'galley',
  flavor: 'ecs_task_definition',
  aws_resource: {
    family: 'crew-galley',
    containerDefinitions: [
      {
        name: 'stove',
        memory: 6000,
        cpu: 380,
        essential: true,
        privileged: true,
        image: 'debian:bookworm',
        portMappings: [{ hostPort: 0, containerPort: 8000, protocol: 'tcp' }],
        mountPoints: [{ containerPath: '/usr/local/pantry', sourceVolume: 'pantry', readOnly: true }],
        environment: [
          { name: 'http_proxy', value: 'http://proxy.example:8080' },
          { name: 'no_proxy', value: 'localhost,127.0.0.1,169.254.169.254,.example' },
        ],
      },
    ],
    volumes: [{ host: { sourcePath: '/var/lib/pantry/' }, name: 'pantry' }],
  },
}

const SERVICE = {
  pcf_name: 'cook',
  flavor: 'ecs_service',
  parents: ['ecs_cluster:crew', 'ecs_task_definition:galley'],
  aws_resource: { serviceName: 'crew-cook', desiredCount: 1 },
}

const MACHINE = {
  pcf_name: 'deck',
  flavor: 'ec2_instance',
  aws_resource: {
    custom_config: {
      instance_name: 'deck-1',
      userdata_template_file: 'userdata.sh.j2',
      userdata_params: { ENVIRONMENT_VARIABLES: ['HTTP_PROXY=$PROXY', 'no_proxy=$NO_PROXY,$(hostname)'] },
      tags: { Name: 'deck' },
    },
    ImageId: 'ami-11111111',
    InstanceType: 't2.nano',
    MaxCount: 1,
    MinCount: 1,
    SecurityGroupIds: ['sg-11111111'],
    IamInstanceProfile: { Arn: 'arn:aws:iam::111111111111:instance-profile/crew' },
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: true, VolumeSize: 20 } }],
  },
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 4)
const problems = (text: string, file = 'pcf.yml'): string[] => read({ [file]: text }).problems.map(sayProblem)

describe('what PCF wrote for ECS', () => {
  test.each([
    ['a cluster', [CLUSTER], ['ecs_cluster:crew']],
    ['a task definition', [DEFINITION], ['ecs_task_definition:galley']],
    [
      'a service with its parents',
      [CLUSTER, DEFINITION, SERVICE],
      ['ecs_cluster:crew', 'ecs_service:cook', 'ecs_task_definition:galley'],
    ],
  ])('loads as JSON, and as the same YAML: %s', (_name, list, ids) => {
    for (const text of [json(list), `---\n${list.map(one => `- ${JSON.stringify(one)}\n`).join('')}`]) {
      expect(Object.keys(particles(text))).toEqual(ids)
    }
  })

  test('one particle alone may be the whole of pcf.json', () => {
    expect(Object.keys(particles(json(CLUSTER)))).toEqual(['ecs_cluster:crew'])
  })

  test('a service has the names of its parents, as PCF put them there', () => {
    const { 'ecs_service:cook': service } = particles(json([CLUSTER, DEFINITION, SERVICE]))
    expect(service?.parents).toEqual(['ecs_cluster:crew', 'ecs_task_definition:galley'])
    expect(service?.definition).toEqual({ serviceName: 'crew-cook', desiredCount: 1, cluster: 'crew-cluster' })
  })

  test("PCF's own names of members are the API's", () => {
    const service = {
      ...SERVICE,
      parents: [],
      aws_resource: {
        ...SERVICE.aws_resource,
        clusterName: 'crew-cluster',
        taskDefinition: 'crew-galley',
        roleArn: 'arn:aws:iam::111111111111:role/crew',
        loadBalancers: [{ loadBalancerName: 'crew', containerName: 'stove', containerPort: 8000 }],
      },
    }
    const arn = 'arn:aws:ecs:us-east-1:111111111111'
    const task = {
      pcf_name: 'supper',
      flavor: 'ecs_task',
      aws_resource: {
        taskName: 'supper',
        clusterArn: `${arn}:cluster/crew-cluster`,
        taskDefinitionArn: `${arn}:task-definition/crew-galley:3`,
        startedBy: 'bosun',
        count: 1,
        launchType: 'EC2',
      },
    }
    const made = particles(json([CLUSTER, DEFINITION, service, task]))
    expect(made['ecs_service:cook']?.definition).toMatchObject({
      cluster: 'crew-cluster',
      role: 'arn:aws:iam::111111111111:role/crew',
    })
    expect(made['ecs_service:cook']?.parents).toEqual(['ecs_cluster:crew', 'ecs_task_definition:galley'])
    expect(made['ecs_task:supper']?.definition).toMatchObject({
      taskName: 'supper',
      taskDefinition: `${arn}:task-definition/crew-galley:3`,
    })
  })

  test('a task that says why it is stopped', () => {
    const task = {
      pcf_name: 'supper',
      flavor: 'ecs_task',
      desired_state: 'State.terminated',
      parents: SERVICE.parents,
      aws_resource: { taskName: 'supper', stopReason: 'the kitchen is closed' },
    }
    expect(particles(json([CLUSTER, DEFINITION, task]))['ecs_task:supper']).toMatchObject({
      desired: 'terminated',
      definition: { taskName: 'supper', stopReason: 'the kitchen is closed', cluster: 'crew-cluster' },
    })
  })

  test('a container instance, its attributes as a list, and the machine below it', () => {
    const machine = { ...MACHINE, aws_resource: { ...MACHINE.aws_resource, InstanceId: 'i-0123456789abcdef0' } }
    const instance = {
      pcf_name: 'deck',
      flavor: 'ecs_instance',
      parents: ['ecs_cluster:crew', 'ec2_instance:deck'],
      aws_resource: { attributes: [{ name: 'watch', value: 'first' }] },
    }
    const made = particles(json([CLUSTER, machine, instance]))
    expect(made['ecs_instance:deck']?.definition).toEqual({
      attributes: [{ name: 'watch', value: 'first' }],
      cluster: 'crew-cluster',
      ec2InstanceId: 'i-0123456789abcdef0',
    })
  })

  test('a value of a parent, and flags', () => {
    const definition = {
      ...DEFINITION,
      parents: ['ecs_cluster:crew'],
      persist_on_termination: true,
      persist_on_update: false,
      aws_resource: {
        ...DEFINITION.aws_resource,
        containerDefinitions: DEFINITION.aws_resource.containerDefinitions.map(container => ({
          ...container,
          environment: [{ name: 'CLUSTER', value: '$inherit$ecs_cluster:crew$clusterArn' }],
        })),
      },
    }
    const { 'ecs_task_definition:galley': made } = particles(json([CLUSTER, definition]))
    expect(made).toMatchObject({ persistOnTermination: true, persistOnUpdate: false })
    expect(made?.definition).toMatchObject({
      containerDefinitions: [{ environment: [{ value: { unknown: 'ecs_cluster:crew' } }] }],
    })
  })

  test('a quasiparticle: one name, copies, and a member that starts from another', () => {
    const made = particles(
      json({
        pcf_name: 'crew',
        flavor: 'quasiparticle',
        particles: [
          { flavor: 'ecs_cluster', aws_resource: CLUSTER.aws_resource },
          { ...DEFINITION, pcf_name: 'galley' },
          {
            flavor: 'ecs_service',
            pcf_name: 'cook',
            multiplier: 3,
            parents: ['ecs_cluster:crew', 'ecs_task_definition:galley'],
            aws_resource: { serviceName: 'cook', desiredCount: 1, deploymentConfiguration: { maximumPercent: 200 } },
          },
          {
            flavor: 'ecs_service',
            pcf_name: 'chef',
            base_particle_config: 'cook',
            aws_resource: { serviceName: 'chef', deploymentConfiguration: { minimumHealthyPercent: 50 } },
          },
        ],
      }),
    )
    expect(Object.keys(made)).toEqual([
      'ecs_cluster:crew',
      'ecs_service:chef',
      'ecs_service:cook-0',
      'ecs_service:cook-1',
      'ecs_service:cook-2',
      'ecs_task_definition:galley',
    ])
    expect(made['ecs_service:cook-2']?.definition.serviceName).toBe('cook-2')
    expect(made['ecs_service:chef']).toMatchObject({
      parents: ['ecs_cluster:crew', 'ecs_task_definition:galley'],
      definition: {
        serviceName: 'chef',
        desiredCount: 1,
        deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 50 },
      },
    })
  })
})

describe('what PCF wrote and must be changed, said at its line', () => {
  test.each<[name: string, text: string, said: string[]]>([
    [
      'a machine that PCF would have made',
      `---\n- ${JSON.stringify(MACHINE)}\n`,
      [
        'pcf.yml:2:61 aws_resource.InstanceId is missing; state it: it names one that is there, which is never started or changed here',
      ],
    ],
    [
      'a task with an empty name',
      `- ${JSON.stringify(CLUSTER)}\n- ${JSON.stringify(DEFINITION)}\n- {pcf_name: supper, flavor: ecs_task, parents: [ecs_cluster:crew, ecs_task_definition:galley], aws_resource: {taskName: '', launchType: EC2}}\n`,
      [
        'pcf.yml:3:122 aws_resource.taskName must be a name, not an empty text; state it: it tells one from another, or leave it out: pcf_name is the name then',
      ],
    ],
    [
      'a task under the name of a service',
      `- ${JSON.stringify(CLUSTER)}\n- ${JSON.stringify(DEFINITION)}\n- {pcf_name: supper, flavor: ecs_service, parents: [ecs_cluster:crew, ecs_task_definition:galley], aws_resource: {launchType: EC2}}\n`,
      ['pcf.yml:3:114 aws_resource.serviceName is missing; state it: it tells one from another'],
    ],
    [
      'a flavor that is not of ECS, and a particle without any',
      '- pcf_name: other\n  flavor: unsupported_flavor\n  aws_resource: {custom_config: {foo: bar}}\n- pcf_name: none\n  purpose: to see what is said\n',
      [
        'pcf.yml:2:11 flavor "unsupported_flavor" is not known; there are ecs_cluster, ecs_task_definition, ecs_service, ecs_task, ecs_instance, ec2_instance, quasiparticle',
        'pcf.yml:4:3 flavor is missing; say what this is: flavor: ecs_service, for instance',
        'pcf.yml:5:3 purpose is not a key of a particle; remove it, or move it into aws_resource',
      ],
    ],
    [
      "PCF's own quasiparticle of instances",
      `pcf_name: crew\nflavor: ecs_instance_quasi\nparticles:\n  - ${JSON.stringify({ ...CLUSTER, pcf_name: undefined })}\n`,
      [
        'pcf.yml:2:9 flavor "ecs_instance_quasi" is not known here; write flavor: quasiparticle, with ecs_cluster and ec2_instance as parents of its ecs_instance',
      ],
    ],
    [
      'a quasiparticle under the name of its class, and what is wrong inside',
      'pcf_name: crew\nflavor: ec2_route53\nparticles:\n  - {flavor: ecs_cluster, aws_resource: {clustername: crew}}\n  - {flavor: route53_record, aws_resource: {Name: crew.example}}\n',
      [
        'pcf.yml:2:9 flavor "ec2_route53" is not known; what has particles is a quasiparticle: write flavor: quasiparticle',
        'pcf.yml:4:41 aws_resource.clusterName is missing; state it: it tells one from another',
        'pcf.yml:4:42 aws_resource.clustername is not a member of CreateCluster; did you mean clusterName?',
        'pcf.yml:5:14 flavor "route53_record" is not known; there are ecs_cluster, ecs_task_definition, ecs_service, ecs_task, ecs_instance, ec2_instance, quasiparticle',
      ],
    ],
    [
      'callbacks, and a value to be looked up',
      'pcf_name: crew\nflavor: ecs_cluster\ncallbacks: {start: {function: tell}}\naws_resource:\n  clusterName: crew\n  tags: [{key: ami, value: $lookup$ami$latest}]\n',
      [
        'pcf.yml:3:1 callbacks are functions of a Python program, which a manifest cannot call; remove them, or do it in a job of the workflow',
        'pcf.yml:6:28 aws_resource.tags[0].value: $lookup$ is not supported; write the value itself, or a variable such as ${NAME}',
      ],
    ],
    [
      'a token of the user’s own',
      `- ${JSON.stringify(CLUSTER)}\n- ${JSON.stringify(DEFINITION)}\n- {pcf_name: cook, flavor: ecs_service, parents: [ecs_cluster:crew, ecs_task_definition:galley], aws_resource: {serviceName: cook, desiredCount: 1, clientToken: once}}\n`,
      ['pcf.yml:3:149 aws_resource.clientToken cannot be stated; leave it out: this tool makes its own'],
    ],
  ])('%s', (_name, text, said) => {
    expect(problems(text)).toEqual(said)
  })

  test('comments in JSON, which PCF allows', () => {
    const text =
      '{\n  // the crew\n  "pcf_name": "crew", "flavor": "ecs_cluster", "aws_resource": {"clusterName": "crew"}\n}\n'
    expect(problems(text, 'pcf.json')).toEqual(['pcf.json:2:3 // begins no comment; remove it, or begin it with #'])
    expect(problems(text.replace('//', '#'), 'pcf.json')).toEqual([])
  })
})

describe("PCF's two spellings of one flag", () => {
  const flags = (text: string) =>
    Object.values(particles(text)).map(({ id, persistOnTermination }) => [id, persistOnTermination])

  test('either is taken, in a particle, in its patch and in a quasiparticle', () => {
    expect(flags(json([{ ...CLUSTER, persist_on_terminate: true }]))).toEqual([['ecs_cluster:crew', true]])
    const patched = {
      ...CLUSTER,
      persist_on_termination: true,
      environments: { production: { persist_on_terminate: false } },
    }
    expect(flags(json([patched]))).toEqual([['ecs_cluster:crew', false]])
    const members = [
      { ...CLUSTER, persist_on_terminate: true },
      { ...DEFINITION, persist_on_termination: true },
    ]
    expect(flags(json({ flavor: 'quasiparticle', pcf_name: 'all', particles: members }))).toEqual([
      ['ecs_cluster:crew', true],
      ['ecs_task_definition:galley', true],
    ])
    const whole = { flavor: 'quasiparticle', pcf_name: 'all', persist_on_terminate: true, particles: [CLUSTER] }
    expect(flags(json(whole))).toEqual([['ecs_cluster:crew', true]])
  })

  test('both are one too many', () => {
    const text =
      'flavor: ecs_cluster\npcf_name: crew\npersist_on_terminate: true\npersist_on_termination: true\naws_resource: {clusterName: crew}'
    expect(problems(text)).toEqual([
      'pcf.yml:3:1 persist_on_terminate is another spelling of persist_on_termination (pcf.yml:4); keep one of them',
    ])
  })
})
