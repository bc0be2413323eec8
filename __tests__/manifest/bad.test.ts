// biome-ignore-all lint/style/useTemplate: texts stand beside what is added to them
import { describe, expect, test } from '@jest/globals'
import { sayProblem } from '../../src/particle.ts'
import { CLUSTER, cluster, DEFINITION, documents, read, SERVICE } from './manifests.ts'

/** name, text, and every problem that comes of it, word for word */
type Row = readonly [name: string, text: string, problems: readonly string[]]

const variables = { TAG: '1', EMPTY: '', SECRET: 'hunter2' }

function refused(file: string, rows: readonly Row[]) {
  test.each(rows)('%s', (_, text, problems) => {
    expect(read({ [file]: text }, { variables }).problems.map(sayProblem)).toEqual(
      problems.map(problem => `${file}:${problem}`),
    )
  })
}

describe('YAML', () => {
  refused('a.yml', [
    ['an empty file', '', ['1:1 the file holds no particle; write one, write [] to say so, or remove the file']],
    [
      'a file of comments',
      '# nothing yet\n',
      ['1:1 the file holds no particle; write one, write [] to say so, or remove the file'],
    ],
    [
      'separators alone',
      '---\n---\n',
      ['1:1 the file holds no particle; write one, write [] to say so, or remove the file'],
    ],
    [
      'an empty document between others',
      documents(CLUSTER, '# later\n', DEFINITION),
      ['4:1 an empty document; remove one of the --- around it'],
    ],
    [
      'a key twice',
      cluster('aws_resource: {clusterName: main}\npcf_name: other\n'),
      ['4:1 pcf_name stands twice in one map, here and at a.yml:2; keep one of them'],
    ],
    [
      'a key twice, deep',
      cluster('aws_resource:\n  clusterName: main\n  settings: []\n  clusterName: other\n'),
      ['6:3 clusterName stands twice in one map, here and at a.yml:4; keep one of them'],
    ],
    [
      'a number as a key',
      cluster('aws_resource:\n  clusterName: main\n  1: x\n'),
      ['5:3 the key 1 is no text; put it in quotes'],
    ],
    [
      'true as a key',
      cluster('aws_resource:\n  clusterName: main\n  true: x\n'),
      ['5:3 the key true is no text; put it in quotes'],
    ],
    [
      'a list as a key',
      cluster('aws_resource:\n  clusterName: main\n  ? [a]\n  : x\n'),
      ['5:5 a key must be a text, not a list; write it out, in quotes if it begins with [, { or *'],
    ],
    [
      'no key',
      cluster('aws_resource:\n  clusterName: main\n  : x\n'),
      ['5:1 a key is missing before the colon; write one'],
    ],
    [
      'an alias as a key',
      cluster('aws_resource:\n  clusterName: &n main\n  *n : x\n'),
      ['5:3 a key must be a text, not an alias; write it out, in quotes if it begins with [, { or *'],
    ],
    [
      'a tab',
      'flavor: ecs_cluster\npcf_name: main\naws_resource:\n\tclusterName: main\n',
      ['4:1 a tab indents this line; YAML wants spaces: replace it'],
    ],
    [
      'two keys on a line',
      cluster('aws_resource: clusterName: main\n'),
      [
        '3:15 not valid YAML: a second key on one line; put the value in quotes if it holds a colon and a blank, or begin a new line',
      ],
    ],
    [
      'a reserved character',
      cluster('aws_resource:\n  clusterName: @main\n'),
      ['4:16 not valid YAML: a value cannot begin with "@"; put it in quotes'],
    ],
    [
      'a quote not closed',
      cluster('aws_resource:\n  clusterName: "main\n'),
      ['5:1 not valid YAML: a text is opened with " and not closed; add " where it ends'],
    ],
    [
      'a bracket not closed',
      cluster('aws_resource: {clusterName: main\n'),
      ['4:1 not valid YAML: this does not line up with what stands above, or a bracket is not closed; align it'],
    ],
    [
      'crooked indentation',
      cluster('aws_resource:\n    clusterName: main\n  settings: []\n'),
      ['5:1 not valid YAML: this does not line up with what stands above, or a bracket is not closed; align it'],
    ],
    [
      'a value over two lines',
      cluster('aws_resource:\n  clusterName: main\n  settings\n'),
      [
        '5:3 not valid YAML: a key needs a colon, a blank and a value; write them, or align this with the text it belongs to',
      ],
    ],
    [
      'a key without a colon',
      'flavor ecs_cluster\npcf_name: main\n',
      [
        '1:1 not valid YAML: a key must stand on one line, with a colon and a blank behind it; check the line above it too',
      ],
    ],
    [
      'an unknown tag',
      cluster('aws_resource:\n  clusterName: !Ref Main\n'),
      ['4:16 the tag !Ref means nothing here; remove it, or put the value in quotes if it is text'],
    ],
    [
      'a binary tag',
      cluster('aws_resource:\n  clusterName: !!binary aGk=\n'),
      ['4:16 the tag !!binary means nothing here; remove it, or put the value in quotes if it is text'],
    ],
    [
      'a tag that does not fit',
      cluster('aws_resource:\n  clusterName: !!int main\n'),
      ['4:16 the tag !!int does not fit the value; remove it, or put the value in quotes if it is text'],
    ],
    [
      'YAML 1.1',
      '%YAML 1.1\n---\n' + CLUSTER,
      ['1:1 %YAML 1.1 reads yes, no and 010 differently; remove the line, manifests are YAML 1.2'],
    ],
    [
      'a directive that nobody knows',
      '%FOO bar\n---\n' + CLUSTER,
      ['1:1 a line that begins with % is a directive, and this one is not known; remove it, or put it in quotes'],
    ],
    [
      'an alias without its anchor',
      cluster('aws_resource: *defaults\n'),
      [
        '3:15 a value that begins with * is an alias, and its anchor stands nowhere above it in this document; quote it if it is text',
      ],
    ],
    [
      'an alias inside itself',
      cluster('aws_resource: &a {clusterName: main, settings: [*a]}\n'),
      ['3:49 *a stands inside the very value that it names; write the value out'],
    ],
    [
      'an anchor of another document',
      documents(
        'flavor: &f ecs_cluster\npcf_name: one\naws_resource: {clusterName: one}\n',
        'flavor: *f\npcf_name: two\naws_resource: {clusterName: two}\n',
      ),
      [
        '5:9 a value that begins with * is an alias, and its anchor stands nowhere above it in this document; quote it if it is text',
      ],
    ],
    [
      '<< without a map',
      cluster('aws_resource: {clusterName: main}\n<<: 5\n'),
      ['4:5 <<: takes a map, or a list of maps; write << : *anchor of a map'],
    ],
    [
      '<< twice',
      'a: &a {flavor: ecs_cluster}\n'.replace(/^a: /, '<<: ') +
        '<<: {pcf_name: main}\naws_resource: {clusterName: main}\n',
      [
        '1:1 pcf_name is missing; give it a name, unique within its flavor',
        '2:1 "<<" stands twice in one map, here and at a.yml:1; write one << with a list of aliases',
      ],
    ],
    [
      'not a number',
      cluster('aws_resource:\n  clusterName: main\n  tags: [{key: a, value: .nan}]\n'),
      ['5:26 .nan is no number that AWS takes; quote it if it is text'],
    ],
    [
      'text after the end',
      '{"flavor": "ecs_cluster"} x\n',
      [
        '1:27 not valid YAML: there is more text where the value has ended; remove it, or align it with what it belongs to',
      ],
    ],
    [
      'two roots',
      '- a\nflavor: b\n',
      [
        '2:1 not valid YAML: there is more text where the value has ended; remove it, or align it with what it belongs to',
      ],
    ],
  ])
})

describe('JSON', () => {
  refused('a.json', [
    [
      'a comma missing',
      '{"flavor": "ecs_cluster" "pcf_name": "main"}\n',
      ['1:12 not valid JSON: a comma is missing behind this, or a bracket or brace is not closed; add it'],
    ],
    [
      'a comment of two slashes',
      '// the cluster\n{"flavor": "ecs_cluster"}\n',
      ['1:1 not valid JSON: // begins no comment here; remove it, or begin it with #'],
    ],
    [
      'a comment of two slashes inside',
      '{\n  // the cluster\n  "flavor": "ecs_cluster", "pcf_name": "main", "aws_resource": {"clusterName": "main"}}\n',
      ['2:3 // begins no comment; remove it, or begin it with #'],
    ],
    [
      'a comment of a slash and a star',
      '/* the cluster */\n{"flavor": "ecs_cluster"}\n',
      ['1:1 not valid JSON: /* begins no comment here; remove it, or begin it with #'],
    ],
    [
      'a comment of a slash and a star inside',
      '{\n  /* the cluster */\n  "flavor": "ecs_cluster", "pcf_name": "main", "aws_resource": {"clusterName": "main"}}\n',
      ['2:3 /* begins no comment; remove it, or begin it with #'],
    ],
    [
      'not closed',
      '{"flavor": "ecs_cluster"\n',
      ['2:1 not valid JSON: a brace is opened and not closed; add } here or before'],
    ],
    [
      'closed by another bracket',
      '{"flavor": ["ecs_cluster"}\n',
      ['1:26 not valid JSON: this does not line up with what stands above, or a bracket is not closed; align it'],
    ],
    [
      'a key twice',
      '{"flavor": "ecs_cluster", "pcf_name": "a", "pcf_name": "b", "aws_resource": {"clusterName": "a"}}\n',
      ['1:44 pcf_name stands twice in one map, here and at a.json:1; keep one of them'],
    ],
  ])
})

describe('particles', () => {
  refused('a.yml', [
    ['a text', 'hello\n', ['1:1 a particle must be a map with flavor and pcf_name, not the text "hello"']],
    ['a number', '5\n', ['1:1 a particle must be a map with flavor and pcf_name, not the number 5']],
    [
      'a list with a text in it',
      '- hello\n',
      ['1:3 a particle must be a map with flavor and pcf_name, not the text "hello"'],
    ],
    [
      'no flavor',
      'pcf_name: main\naws_resource: {}\n',
      ['1:1 flavor is missing; say what this is: flavor: ecs_service, for instance'],
    ],
    [
      'no pcf_name',
      'flavor: ecs_cluster\naws_resource: {clusterName: main}\n',
      ['1:1 pcf_name is missing; give it a name, unique within its flavor'],
    ],
    [
      'flavor a list',
      'flavor: [a]\npcf_name: main\naws_resource: {}\n',
      ['1:9 flavor must be the name of a flavor, not a list'],
    ],
    [
      'flavor nothing',
      'flavor:\npcf_name: main\naws_resource: {}\n',
      ['1:8 flavor must be the name of a flavor, not nothing'],
    ],
    [
      'a flavor mistyped',
      'flavor: ecs_servce\npcf_name: web\naws_resource: {}\n',
      ['1:9 flavor "ecs_servce" is not known; did you mean ecs_service?'],
    ],
    [
      'a flavor of elsewhere',
      'flavor: lambda_function\npcf_name: web\naws_resource: {}\n',
      [
        '1:9 flavor "lambda_function" is not known; there are ecs_cluster, ecs_task_definition, ecs_service, ecs_task, ecs_instance, ec2_instance, quasiparticle',
      ],
    ],
    [
      'a flavor that is a word of JavaScript',
      'flavor: constructor\npcf_name: web\naws_resource: {}\n',
      [
        '1:9 flavor "constructor" is not known; there are ecs_cluster, ecs_task_definition, ecs_service, ecs_task, ecs_instance, ec2_instance, quasiparticle',
      ],
    ],
    [
      'pcf_name a map',
      'flavor: ecs_cluster\npcf_name: {a: b}\naws_resource: {clusterName: main}\n',
      ['2:11 pcf_name must be a name, not a map'],
    ],
    [
      'pcf_name empty',
      'flavor: ecs_cluster\npcf_name: ""\naws_resource: {clusterName: main}\n',
      ['2:11 pcf_name must be a name, not the text ""'],
    ],
    [
      'pcf_name with a dollar',
      'flavor: ecs_cluster\npcf_name: a$b\naws_resource: {clusterName: main}\n',
      ['2:11 pcf_name must be one line of at most 255 characters, without $ and without blanks around it'],
    ],
    [
      'pcf_name over two lines',
      'flavor: ecs_cluster\npcf_name: "a\\nb"\naws_resource: {clusterName: main}\n',
      ['2:11 pcf_name must be one line of at most 255 characters, without $ and without blanks around it'],
    ],
    [
      'a key mistyped',
      cluster('aws_resource: {clusterName: main}\nparent: []\n'),
      ['4:1 parent is not a key of a particle; did you mean parents?'],
    ],
    [
      'a key of AWS in the wrong place',
      cluster('clusterName: main\naws_resource: {}\n'),
      [
        '3:1 clusterName is not a key of a particle; remove it, or move it into aws_resource',
        '4:15 aws_resource.clusterName is missing; state it: it tells one from another',
      ],
    ],
    [
      "PCF's callbacks",
      cluster('aws_resource: {clusterName: main}\ncallbacks: {}\n'),
      [
        '4:1 callbacks are functions of a Python program, which a manifest cannot call; remove them, or do it in a job of the workflow',
      ],
    ],
    [
      '__proto__',
      cluster('aws_resource: {clusterName: main}\n__proto__: {a: b}\n'),
      ['4:1 __proto__ is not a key of a particle; remove it, or move it into aws_resource'],
    ],
    [
      'a multiplier outside a quasiparticle',
      cluster('aws_resource: {clusterName: main}\nmultiplier: 2\n'),
      ['4:1 multiplier is for members of a quasiparticle; remove it'],
    ],
    [
      'members outside a quasiparticle',
      cluster('aws_resource: {clusterName: main}\nparticles: []\n'),
      ['4:1 particles is for the flavor quasiparticle; remove it, or change the flavor'],
    ],
    ['no aws_resource', cluster(''), ['1:1 aws_resource is missing; it holds the definition']],
    [
      'aws_resource a text',
      cluster('aws_resource: main\n'),
      ['3:15 aws_resource must be a map, not the text "main"; write {} for an empty one'],
    ],
    [
      'aws_resource a list',
      cluster('aws_resource: []\n'),
      ['3:15 aws_resource must be a map, not a list; write {} for an empty one'],
    ],
    [
      'aws_resource nothing',
      cluster('aws_resource:\n'),
      ['3:14 aws_resource must be a map, not nothing; write {} for an empty one'],
    ],
    [
      'no unique key',
      cluster('aws_resource: {}\n'),
      ['3:15 aws_resource.clusterName is missing; state it: it tells one from another'],
    ],
    [
      'a unique key that is empty',
      cluster('aws_resource: {clusterName: ""}\n'),
      ['3:29 aws_resource.clusterName must be a name, not an empty text; state it: it tells one from another'],
    ],
    [
      'no containers',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web}\n',
      ['3:15 aws_resource.containerDefinitions is missing; state at least one'],
    ],
    [
      'an empty list of containers',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, containerDefinitions: []}\n',
      ['3:51 aws_resource.containerDefinitions is empty; state at least one'],
    ],
    [
      'a container without a name',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource:\n  family: web\n  containerDefinitions:\n    - {image: a, memory: 128}\n',
      ['6:7 aws_resource.containerDefinitions[0].name is missing; state it: it tells one from another'],
    ],
    [
      'two containers with one name',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource:\n  family: web\n  containerDefinitions:\n    - {name: a, image: a, memory: 128}\n    - {name: a, image: b, memory: 128}\n',
      [
        '7:14 aws_resource.containerDefinitions[1].name is the name of another one at a.yml:6 as well; give each its own',
      ],
    ],
    [
      'an instance that is no reference',
      'flavor: ec2_instance\npcf_name: one\naws_resource: {ImageId: ami-1, custom_config: {instance_name: one}}\n',
      [
        '3:15 aws_resource.InstanceId is missing; state it: it names one that is there, which is never started or changed here',
      ],
    ],
    [
      'a state that is none',
      cluster('desired_state: pending\naws_resource: {clusterName: main}\n'),
      ['3:16 desired_state must be running, stopped or terminated, not the text "pending"'],
    ],
    [
      'a state in capitals',
      cluster('desired_state: Running\naws_resource: {clusterName: main}\n'),
      ['3:16 desired_state must be running, stopped or terminated, not the text "Running"; did you mean running?'],
    ],
    [
      'a state mistyped',
      cluster('desired_state: Runing\naws_resource: {clusterName: main}\n'),
      ['3:16 desired_state must be running, stopped or terminated, not the text "Runing"; did you mean running?'],
    ],
    [
      'a flag that is a number',
      cluster('persist_on_termination: 1\naws_resource: {clusterName: main}\n'),
      ['3:25 persist_on_termination must be true or false, not the number 1'],
    ],
    [
      'region_name a number',
      cluster('aws_resource: {clusterName: main, region_name: 5}\n'),
      ['3:48 aws_resource.region_name must be a region such as us-east-1, not the number 5'],
    ],
    [
      'region_name no region',
      cluster('aws_resource: {clusterName: main, region_name: Ireland}\n'),
      ['3:48 aws_resource.region_name must be a region such as us-east-1, not the text "Ireland"'],
    ],
    [
      'a region with a space of no width behind it, and with one that does not break',
      cluster('aws_resource: {clusterName: main, region_name: us-east-1\u200b}\n') +
        '---\n' +
        'flavor: ecs_cluster\npcf_name: two\naws_resource: {clusterName: two, region_name: us-east-1\u00a0}\n',
      [
        '3:48 aws_resource.region_name must be a region such as us-east-1, not the text "us-east-1\\u200b"',
        '7:47 aws_resource.region_name must be a region such as us-east-1, not the text "us-east-1\\u00a0"',
      ],
    ],
    [
      'an alias and its name',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace('serviceName: web', 'serviceName: web, cluster: main, clusterName: other'),
      ),
      [
        "14:49 aws_resource.clusterName is PCF's name for cluster, which says something else at a.yml:14; keep one of them",
      ],
    ],
    [
      'custom_config a list',
      cluster('aws_resource: {clusterName: main, custom_config: []}\n'),
      ['3:50 aws_resource.custom_config must be a map, not a list'],
    ],
    [
      'an option mistyped',
      cluster('aws_resource: {clusterName: main, custom_config: {ignored: []}}\n'),
      ['3:51 aws_resource.custom_config.ignored is not an option of ecs_cluster; did you mean ignore?'],
    ],
    [
      'an option of another flavor',
      cluster('aws_resource: {clusterName: main, custom_config: {allow_replace: true}}\n'),
      ['3:51 aws_resource.custom_config.allow_replace is not an option of ecs_cluster; there is ignore'],
    ],
    [
      'an option of another kind',
      cluster('aws_resource: {clusterName: main, custom_config: {ignore: tags}}\n'),
      ['3:59 aws_resource.custom_config.ignore must be a list of texts, not the text "tags"'],
    ],
    [
      'paths to ignore that lead nowhere',
      documents(
        CLUSTER,
        DEFINITION.replace(
          'family: web',
          'family: web\n  custom_config: {ignore: ["containerDefinitions[web].imge", containerDefinitions.web, "containerDefinitions[*].image.tag", "tags[a.b]", "containerDefinitions[web].dockerLabels[a.b].c", revision]}',
        ),
        SERVICE.replace('serviceName: web', 'serviceName: web, custom_config: {ignore: [desiredCont, ""]}'),
      ),
      [
        '9:28 aws_resource.custom_config.ignore[0]: containerDefinitions[web].imge leads nowhere: ContainerDefinition has no imge; did you mean image?',
        '9:62 aws_resource.custom_config.ignore[1]: containerDefinitions.web leads nowhere: an element of a list is [name], [0] or [*]',
        '9:88 aws_resource.custom_config.ignore[2]: "containerDefinitions[*].image.tag" leads nowhere: there is nothing inside a plain value, so no tag',
        '9:138 aws_resource.custom_config.ignore[4]: containerDefinitions[web].dockerLabels[a.b].c leads nowhere: a key of a map is [key] or [*]',
        '15:59 aws_resource.custom_config.ignore[0]: desiredCont leads nowhere: CreateService has no desiredCont; did you mean desiredCount?',
        '15:72 aws_resource.custom_config.ignore[1]: "" leads nowhere: CreateService has no ""; correct it',
      ],
    ],
    [
      'paths to ignore in which an element has no index, or no key',
      documents(
        DEFINITION.replace(
          '{name: web, image: nginx, memory: 128}]',
          '{name: web, image: nginx, memory: 128, portMappings: [{containerPort: 80}, {containerPort: 81, name: api}], environment: {A: b, "0": c}, command: [a, b]}]\n  tags: [{key: a, value: b}]',
        ).replace(
          'family: web',
          `family: web
  custom_config:
    ignore:
      - containerDefinitions[0].image
      - containerDefinitions[1]
      - containerDefinitions[web].portMappings[0].hostPort
      - containerDefinitions[web].portMappings[1].hostPort
      - containerDefinitions[web].environment[0]
      - containerDefinitions[web].environment[1]
      - containerDefinitions[web].command[1]
      - containerDefinitions[web].command[*]
      - containerDefinitions[web].dockerLabels.com.example
      - containerDefinitions[web].dockerLabels[com.example]
      - tags[0].value
      - tags[].value`,
        ),
      ),
      [
        '7:9 aws_resource.custom_config.ignore[0]: containerDefinitions[0].image leads nowhere: the element has a name; write [web] for [0]',
        '10:9 aws_resource.custom_config.ignore[3]: containerDefinitions[web].portMappings[1].hostPort leads nowhere: the element has a name; write [api] for [1]',
        '13:9 aws_resource.custom_config.ignore[6]: containerDefinitions[web].command[1] leads nowhere: a list of plain values is one value; leave [1] out',
        '14:9 aws_resource.custom_config.ignore[7]: "containerDefinitions[web].command[*]" leads nowhere: a list of plain values is one value; leave [*] out',
        '15:9 aws_resource.custom_config.ignore[8]: containerDefinitions[web].dockerLabels.com.example leads nowhere: a key of a map is [key] or [*]',
        '17:9 aws_resource.custom_config.ignore[10]: tags[0].value leads nowhere: the element has a name; write [a] for [0]',
        '18:9 aws_resource.custom_config.ignore[11]: tags[].value leads nowhere: an element of a list is [name], [0] or [*]',
      ],
    ],
    [
      'a choice that is none',
      documents(
        CLUSTER,
        DEFINITION,
        'flavor: ecs_task\npcf_name: job\nparents: [ecs_cluster:main, ecs_task_definition:web]\naws_resource: {taskName: job, custom_config: {wait: forever, retry: -1, record: 5}}\n',
      ),
      [
        '14:53 aws_resource.custom_config.wait must be exit or running, not the text "forever"',
        '14:69 aws_resource.custom_config.retry must be a whole number, not the number -1',
        '14:81 aws_resource.custom_config.record must be true or false, not the number 5',
      ],
    ],
  ])
})

describe('environments', () => {
  refused('a.yml', [
    [
      'a list',
      cluster('aws_resource: {clusterName: main}\nenvironments: [production]\n'),
      ['4:15 environments must be a map of environments, not a list'],
    ],
    [
      'a patch that is true',
      cluster('aws_resource: {clusterName: main}\nenvironments: {production: true}\n'),
      ['4:28 environments.production must be a map to be merged into the particle, or false, not true'],
    ],
    [
      'a patch that is nothing',
      cluster('aws_resource: {clusterName: main}\nenvironments:\n  staging:\n'),
      ['5:11 environments.staging must be a map to be merged into the particle, or false, not nothing'],
    ],
    [
      'a patch of the flavor',
      cluster('aws_resource: {clusterName: main}\nenvironments: {staging: {flavor: ecs_service}}\n'),
      [
        '4:26 environments.staging.flavor cannot differ between environments; write a second particle, and false where it is not to be',
      ],
    ],
    [
      'a patch with an unknown key',
      cluster('aws_resource: {clusterName: main}\nenvironments: {staging: {aws_resources: {}}}\n'),
      ['4:26 environments.staging.aws_resources is not a key of a particle; did you mean aws_resource?'],
    ],
    [
      'a mistake in the patch',
      cluster('aws_resource: {clusterName: main}\nenvironments:\n  production:\n    desired_state: gone\n'),
      ['6:20 desired_state must be running, stopped or terminated, not the text "gone"'],
    ],
    [
      'a patch that removes what must be',
      cluster(
        'aws_resource: {clusterName: main}\nenvironments:\n  production:\n    aws_resource: {clusterName: null}\n',
      ),
      ['3:15 aws_resource.clusterName is missing; state it: it tells one from another'],
    ],
    [
      'a parent that is not there',
      documents(CLUSTER + 'environments: {production: false}\n', DEFINITION, SERVICE),
      [
        '14:11 parents: ecs_cluster:main is not in this environment (a.yml:4); patch parents for this environment as well',
      ],
    ],
  ])
})

describe('variables', () => {
  refused('a.yml', [
    [
      'unset',
      cluster('aws_resource: {clusterName: "${CLUSTER}"}\n'),
      [
        '3:29 aws_resource.clusterName: ${CLUSTER} is not set; set it in the variables input, give a default with ${CLUSTER:-default}, or write $${CLUSTER} for the text itself',
      ],
    ],
    [
      'mistyped',
      cluster('aws_resource: {clusterName: "${TAGG}"}\n'),
      [
        '3:29 aws_resource.clusterName: ${TAGG} is not set (did you mean ${TAG}?); set it in the variables input, give a default with ${TAGG:-default}, or write $${TAGG} for the text itself',
      ],
    ],
    [
      'unset in a list',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource:\n  family: web\n  containerDefinitions:\n    - name: web\n      image: nginx:${VERSION}\n      memory: 128\n',
      [
        '7:14 aws_resource.containerDefinitions[web].image: ${VERSION} is not set; set it in the variables input, give a default with ${VERSION:-default}, or write $${VERSION} for the text itself',
      ],
    ],
    [
      'unset in a name',
      'flavor: ecs_cluster\npcf_name: main-${REGION}\naws_resource: {clusterName: main}\n',
      [
        '2:11 pcf_name: ${REGION} is not set; set it in the variables input, give a default with ${REGION:-default}, or write $${REGION} for the text itself',
      ],
    ],
    [
      'unset in many places, which is one problem',
      Array.from(
        { length: 12 },
        (_, index) =>
          `flavor: ecs_cluster\npcf_name: c${index}\naws_resource: {clusterName: "c${index}-\${VERSION}"}\n`,
      ).join('---\n'),
      [
        '3:29 ${VERSION} is not set; set it in the variables input, give a default with ${VERSION:-default}, or write $${VERSION} for the text itself (12 values need it: a.yml:3, a.yml:7, a.yml:11, a.yml:15, a.yml:19, a.yml:23, a.yml:27, a.yml:31, a.yml:35, a.yml:39 and 2 more lines)',
      ],
    ],
    [
      'unset in one line more than are named',
      Array.from(
        { length: 11 },
        (_, index) =>
          `flavor: ecs_cluster\npcf_name: c${index}\naws_resource: {clusterName: "c${index}-\${VERSION}"}\n`,
      ).join('---\n'),
      [
        '3:29 ${VERSION} is not set; set it in the variables input, give a default with ${VERSION:-default}, or write $${VERSION} for the text itself (11 values need it: a.yml:3, a.yml:7, a.yml:11, a.yml:15, a.yml:19, a.yml:23, a.yml:27, a.yml:31, a.yml:35, a.yml:39 and 1 more line)',
      ],
    ],
    [
      'its own message',
      cluster('aws_resource: {clusterName: "${CLUSTER:?name the cluster}"}\n'),
      ['3:29 aws_resource.clusterName: ${CLUSTER}: name the cluster; set it in the variables input'],
    ],
    [
      'empty where a value must be',
      cluster('aws_resource: {clusterName: "${EMPTY:?}"}\n'),
      ['3:29 aws_resource.clusterName: ${EMPTY}: is not set, or empty; set it in the variables input'],
    ],
    [
      'not closed',
      cluster('aws_resource: {clusterName: "main-${TAG"}\n'),
      ['3:29 aws_resource.clusterName: "${TAG" is not closed; close it with }, or for the text itself write $${'],
    ],
    [
      'a bad name',
      cluster('aws_resource: {clusterName: "${1A}"}\n'),
      [
        '3:29 aws_resource.clusterName: "${1A}" is no variable, which is one of ${NAME}, ${NAME:-default}, ${NAME:?message}; for the text itself write $${',
      ],
    ],
    [
      'no name',
      cluster('aws_resource: {clusterName: "${}"}\n'),
      [
        '3:29 aws_resource.clusterName: "${}" is no variable, which is one of ${NAME}, ${NAME:-default}, ${NAME:?message}; for the text itself write $${',
      ],
    ],
    [
      'an operator of a shell',
      cluster('aws_resource: {clusterName: "${TAG%x}"}\n'),
      [
        '3:29 aws_resource.clusterName: "${TAG%x}" is no variable, which is one of ${NAME}, ${NAME:-default}, ${NAME:?message}; for the text itself write $${',
      ],
    ],
    [
      'one in another',
      cluster('aws_resource: {clusterName: "${CLUSTER:-${TAG}}"}\n'),
      [
        '3:29 aws_resource.clusterName: "${CLUSTER:-${TAG}": one variable cannot stand in another; give CLUSTER the value that is meant',
      ],
    ],
    [
      'in a key',
      cluster('aws_resource: {clusterName: main, "${TAG}": x}\n'),
      ['3:35 aws_resource.${TAG}: variables stand in values, never in keys; write the key out'],
    ],
    [
      'in the name of an environment, whose patch would never be merged',
      cluster('aws_resource: {clusterName: main}\nenvironments: {"${TAG}": {desired_state: stopped}}\n'),
      ['4:16 environments.${TAG}: variables stand in values, never in keys; write the key out'],
    ],
    [
      'a secret in a message',
      cluster('desired_state: ${SECRET}\naws_resource: {clusterName: "${SECRET}"}\n'),
      ['3:16 desired_state must be running, stopped or terminated, not the text "${SECRET}"'],
    ],
    [
      'a secret in a parent',
      documents(CLUSTER, DEFINITION, SERVICE.replace('ecs_cluster:main', '"ecs_cluster:${SECRET}"')),
      ['13:11 parents: ecs_cluster:${SECRET} is not declared; declare it, or remove it here'],
    ],
  ])
})

describe('inheritance', () => {
  refused('a.yml', [
    [
      'keys that AWS never tells',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace(
          'serviceName: web',
          'serviceName: web, platformVersion: $inherit$ecs_cluster:main$clusterArm, propagateTags: $inherit$ecs_task_definition:web$volumes.data.name, launchType: $inherit$ecs_cluster:main$status.code, clientToken: a',
        ),
      ),
      [
        '14:51 aws_resource.platformVersion: $inherit$ecs_cluster:main$clusterArm leads nowhere in ecs_cluster:main: Cluster has no clusterArm; did you mean clusterArn?',
        '14:104 aws_resource.propagateTags: $inherit$ecs_task_definition:web$volumes.data.name leads nowhere in ecs_task_definition:web: an element of a list is 0, 1 and so on',
        '14:168 aws_resource.launchType: $inherit$ecs_cluster:main$status.code leads nowhere in ecs_cluster:main: there is nothing inside a plain value, so no code',
        '14:207 aws_resource.clientToken cannot be stated; leave it out: this tool makes its own',
      ],
    ],
    [
      'what a reference does not state',
      documents(
        CLUSTER,
        'flavor: ec2_instance\npcf_name: one\naws_resource: {InstanceId: i-1, Zone: {Name: a}}\n',
        'flavor: ecs_instance\npcf_name: one\nparents: [ecs_cluster:main, ec2_instance:one]\naws_resource:\n  attributes: {zone: $inherit$ec2_instance:one$Zone.Name, id: $inherit$ec2_instance:one$InstanceId, type: $inherit$ec2_instance:one$InstanceType}\n',
      ),
      [
        '13:107 aws_resource.attributes.type: $inherit$ec2_instance:one$InstanceType leads nowhere in ec2_instance:one: ec2_instance is not looked at; state it there',
      ],
    ],
    [
      'from a parent mistyped',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace('serviceName: web', 'serviceName: web, platformVersion: $inherit$ecs_cluster:mian$status'),
      ),
      [
        '14:51 aws_resource.platformVersion: $inherit$ecs_cluster:mian$status names no parent of this particle (did you mean ecs_cluster:main?); add it to parents',
      ],
    ],
    [
      'from no parent',
      documents(
        CLUSTER,
        DEFINITION + '',
        SERVICE.replace('serviceName: web', 'serviceName: web, platformVersion: $inherit$ecs_cluster:other$status'),
      ),
      [
        '14:51 aws_resource.platformVersion: $inherit$ecs_cluster:other$status names no parent of this particle; add it to parents',
      ],
    ],
    [
      'inside a text',
      cluster('aws_resource: {clusterName: x$inherit$ecs_cluster:a$clusterName}\n'),
      [
        '3:29 aws_resource.clusterName: $inherit$ must be the whole value, as $inherit$flavor:pcf_name$key; write it without text around it',
      ],
    ],
    [
      'without a key',
      cluster('aws_resource: {clusterName: $inherit$ecs_cluster:a}\n'),
      [
        "3:29 aws_resource.clusterName: this is not of the form $inherit$flavor:pcf_name$key; name a parent's id and a key of its definition",
      ],
    ],
    [
      'with too much',
      cluster('aws_resource: {clusterName: $inherit$ecs_cluster:a$b$c}\n'),
      [
        "3:29 aws_resource.clusterName: this is not of the form $inherit$flavor:pcf_name$key; name a parent's id and a key of its definition",
      ],
    ],
    [
      'a name that only AWS knows',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace('serviceName: web', 'serviceName: $inherit$ecs_cluster:main$status'),
      ),
      [
        '14:29 aws_resource.serviceName must be known before AWS is asked, and $inherit$ecs_cluster:main$status is not; write it out',
      ],
    ],
    [
      "PCF's look-up",
      cluster('aws_resource: {clusterName: $lookup$vpc$main}\n'),
      [
        '3:29 aws_resource.clusterName: $lookup$ is not supported; write the value itself, or a variable such as ${NAME}',
      ],
    ],
  ])
})

describe('links', () => {
  refused('a.yml', [
    [
      'a parent mistyped',
      documents(CLUSTER, DEFINITION, SERVICE.replace('cluster:main', 'cluster:mian')),
      ['13:11 parents: ecs_cluster:mian is not declared; did you mean ecs_cluster:main?'],
    ],
    [
      'a parent that nobody declares',
      documents(CLUSTER, DEFINITION, SERVICE.replace('[', '[ecs_task:migrate, ')),
      ['13:11 parents: ecs_task:migrate is not declared; declare it, or remove it here'],
    ],
    [
      'a child that nobody declares',
      documents(CLUSTER + 'children: [ecs_service:api]\n'),
      ['4:12 children: ecs_service:api is not declared; declare it, or remove it here'],
    ],
    [
      'parents a text',
      documents(CLUSTER, DEFINITION, SERVICE.replace(/parents: .*/, 'parents: ecs_cluster:main')),
      ['13:10 parents must be a list of ids such as ecs_cluster:main, not the text "ecs_cluster:main"'],
    ],
    [
      'a parent without flavor',
      documents(CLUSTER, DEFINITION, SERVICE.replace('ecs_cluster:main', 'main')),
      ['13:11 parents must hold ids, flavor:pcf_name such as ecs_cluster:main, not the text "main"'],
    ],
    [
      'a parent that is a map',
      documents(CLUSTER, DEFINITION, SERVICE.replace(/parents: .*/, 'parents:\n  - ecs_cluster: main')),
      ['14:5 parents must hold ids, flavor:pcf_name such as ecs_cluster:main, not a map'],
    ],
    [
      'its own parent',
      documents(cluster('parents: [ecs_cluster:main]\naws_resource: {clusterName: main}\n')),
      ['3:11 parents: ecs_cluster:main cannot be its own parent; remove it'],
    ],
    [
      'a cycle',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace('[', '[ecs_service:api, '),
        SERVICE.replace(/web}?, desired/, 'api, desired')
          .replace('pcf_name: web', 'pcf_name: api')
          .replace('[', '[ecs_service:web, '),
      ),
      [
        '18:11 parents: ecs_service:api needs ecs_service:web (a.yml:18), which needs ecs_service:api (a.yml:13): a cycle, so none can be first; remove one of these links',
      ],
    ],
    [
      'a cycle by what the definition names',
      documents(
        cluster('parents: [ecs_service:web]\naws_resource: {clusterName: main}\n'),
        DEFINITION,
        SERVICE.replace('ecs_cluster:main, ', '').replace('serviceName', 'cluster: main, serviceName'),
      ),
      [
        '3:11 parents: ecs_cluster:main needs ecs_service:web (a.yml:3), which needs ecs_cluster:main (a.yml:15): a cycle, so none can be first; remove one of these links',
      ],
    ],
    [
      'an id twice',
      documents(CLUSTER, CLUSTER.replace('clusterName: main', 'clusterName: other')),
      [
        '5:1 pcf_name: ecs_cluster:main is declared at a.yml:1 as well; an id is unique over all manifests: rename one of them',
      ],
    ],
    [
      'one thing under two names',
      documents(CLUSTER, CLUSTER.replace('pcf_name: main', 'pcf_name: other')),
      [
        '5:1 ecs_cluster:other is the same resource in AWS as ecs_cluster:main (a.yml:1): both have the same region and clusterName; change one or remove it',
      ],
    ],
    [
      'one service under two names',
      documents(CLUSTER, DEFINITION, SERVICE, SERVICE.replace('pcf_name: web', 'pcf_name: other')),
      [
        '11:1 ecs_service:web is the same resource in AWS as ecs_service:other (a.yml:16): both have the same region, serviceName and cluster; change one or remove it',
      ],
    ],
    [
      'two clusters',
      documents(
        CLUSTER,
        cluster('aws_resource: {clusterName: b}\n').replace('main', 'b'),
        DEFINITION,
        SERVICE.replace('[', '[ecs_cluster:b, '),
      ),
      [
        '17:26 parents: ecs_cluster:b and ecs_cluster:main (a.yml:17, a.yml:17) would both fill cluster; keep one ecs_cluster',
      ],
    ],
    [
      'a cluster that contradicts',
      documents(CLUSTER, DEFINITION, SERVICE.replace('serviceName', 'cluster: other, serviceName')),
      [
        '14:25 aws_resource.cluster is other, and the parent ecs_cluster:main (a.yml:13) stands for main; keep one of them',
      ],
    ],
    [
      'a cluster of another region',
      documents(
        CLUSTER,
        DEFINITION,
        SERVICE.replace('serviceName', 'cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/main", serviceName'),
      ),
      [
        '14:25 aws_resource.cluster is arn:aws:ecs:eu-west-1:123456789012:cluster/main, and the parent ecs_cluster:main (a.yml:13) stands for main; keep one of them',
      ],
    ],
    [
      'a family that contradicts',
      documents(CLUSTER, DEFINITION, SERVICE.replace('serviceName', 'taskDefinition: other, serviceName')),
      [
        '14:32 aws_resource.taskDefinition is other, and the parent ecs_task_definition:web (a.yml:13) stands for web; keep one of them',
      ],
    ],
    [
      'a revision beside a parent',
      documents(CLUSTER, DEFINITION, SERVICE.replace('serviceName', "taskDefinition: 'web:3', serviceName")),
      [
        '14:32 aws_resource.taskDefinition is web:3, a revision, and the parent ecs_task_definition:web (a.yml:13) stands for web; keep one of them',
      ],
    ],
    [
      'no cluster',
      documents(DEFINITION, SERVICE.replace('ecs_cluster:main, ', '')),
      ['7:1 aws_resource.cluster is missing; name one ecs_cluster among the parents, or state cluster in aws_resource'],
    ],
    [
      'no task definition',
      documents(CLUSTER, SERVICE.replace(', ecs_task_definition:web', '')),
      [
        '5:1 aws_resource.taskDefinition is missing; name one ecs_task_definition among the parents, or state taskDefinition in aws_resource',
      ],
    ],
    [
      'no instance',
      documents(CLUSTER, 'flavor: ecs_instance\npcf_name: one\nparents: [ecs_cluster:main]\naws_resource: {}\n'),
      [
        '5:1 aws_resource.ec2InstanceId is missing; name one ec2_instance among the parents, or state ec2InstanceId in aws_resource',
      ],
    ],
    [
      'parents in two regions',
      documents(CLUSTER.replace('main}', 'main, region_name: eu-west-1}'), DEFINITION, SERVICE),
      ['13:11 parents: ecs_cluster:main (a.yml:1) is in another region than this one; give both the same region_name'],
    ],
    [
      'running under a cluster that goes',
      documents(CLUSTER + 'desired_state: terminated\n', DEFINITION, SERVICE + 'desired_state: running\n'),
      [
        '16:16 desired_state: ecs_service:web is to run under ecs_cluster:main, which is to be terminated (a.yml:4); let both run or both go',
      ],
    ],
    [
      'running under a definition that goes',
      documents(CLUSTER, DEFINITION + 'desired_state: stopped\n', SERVICE),
      [
        '12:1 desired_state: ecs_service:web is to run under ecs_task_definition:web, which is to be stopped (a.yml:10); let both run or both go',
      ],
    ],
  ])
})

describe('quasiparticles', () => {
  refused('a.yml', [
    [
      "PCF's own with another name",
      'flavor: ecs_instance_quasi\npcf_name: all\nparticles: []\n',
      [
        '1:9 flavor "ecs_instance_quasi" is not known here; write flavor: quasiparticle, with ecs_cluster and ec2_instance as parents of its ecs_instance',
      ],
    ],
    [
      'no members',
      'flavor: quasiparticle\npcf_name: all\n',
      ['1:1 particles is missing; a quasiparticle is made of its members'],
    ],
    [
      'members a map',
      'flavor: quasiparticle\npcf_name: all\nparticles: {}\n',
      ['3:12 particles must be a list of particles, not a map; a quasiparticle is made of its members'],
    ],
    [
      'a member that is a text',
      'flavor: quasiparticle\npcf_name: all\nparticles: [web]\n',
      ['3:13 particles must hold particles, each a map, not the text "web"'],
    ],
    [
      'a definition of its own',
      'flavor: quasiparticle\npcf_name: all\nparticles: []\naws_resource: {}\n',
      ['4:1 aws_resource is for members of a quasiparticle; remove it'],
    ],
    [
      'another flavor',
      'flavor: ecs_cluster\npcf_name: all\nparticles: []\n',
      [
        '1:1 aws_resource is missing; it holds the definition',
        '3:1 particles is for the flavor quasiparticle; remove it, or change the flavor',
      ],
    ],
    [
      'one in another',
      'flavor: quasiparticle\npcf_name: all\nparticles: [{flavor: quasiparticle, pcf_name: b, particles: []}]\n',
      ['3:13 a quasiparticle cannot be a member of another; write its members here, or link the two by parents'],
    ],
    [
      'a member with an unknown key',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, multiplyer: 2, aws_resource: {clusterName: a}}\n',
      ['4:27 multiplyer is not a key of a member of a quasiparticle; did you mean multiplier?'],
    ],
    [
      'two members with one name',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, aws_resource: {clusterName: a}}\n  - {flavor: ecs_cluster, aws_resource: {clusterName: b}}\n',
      [
        '5:5 pcf_name: ecs_cluster:all is declared at a.yml:4 as well; an id is unique over all manifests: rename one of them',
      ],
    ],
    [
      'a multiplier of nothing',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, multiplier: 0, aws_resource: {clusterName: a}}\n',
      ['4:39 multiplier must be a whole number from 1 to 1000, not the number 0'],
    ],
    [
      'a multiplier out of reason',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, multiplier: 1000000000, aws_resource: {clusterName: a}}\n',
      ['4:39 multiplier must be a whole number from 1 to 1000, not the number 1000000000'],
    ],
    [
      'a mistake in every copy, said once',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, multiplier: 3, desired_state: up, aws_resource: {clusterName: a}}\n',
      ['4:57 desired_state must be running, stopped or terminated, not the text "up"'],
    ],
    [
      'a base that is not there',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, pcf_name: first, aws_resource: {clusterName: a}}\n  - {flavor: ecs_cluster, pcf_name: b, base_particle_config: frist, aws_resource: {clusterName: b}}\n',
      ['5:62 base_particle_config must name an earlier member with the same flavor, not frist; did you mean first?'],
    ],
    [
      'a base that comes later',
      'flavor: quasiparticle\npcf_name: all\nparticles:\n  - {flavor: ecs_cluster, pcf_name: b, base_particle_config: later, aws_resource: {clusterName: b}}\n  - {flavor: ecs_cluster, pcf_name: later, aws_resource: {clusterName: a}}\n',
      [
        '4:62 base_particle_config must name an earlier member with the same flavor, not later; name one that stands above this one',
      ],
    ],
    [
      'a state that contradicts',
      'flavor: quasiparticle\npcf_name: all\ndesired_state: terminated\nparticles:\n  - {flavor: ecs_cluster, desired_state: running, aws_resource: {clusterName: a}}\n',
      [
        '5:42 desired_state of a quasiparticle is that of every member, and it is terminated at a.yml:3; remove one of them',
      ],
    ],
    [
      'two of one name',
      documents(
        'flavor: quasiparticle\npcf_name: all\nparticles: []\n',
        'flavor: quasiparticle\npcf_name: all\nparticles: []\n',
      ),
      ['5:1 pcf_name: quasiparticle:all is declared at a.yml:1 as well; rename one of them'],
    ],
  ])
})

describe('secret variables', () => {
  const secrets = (text: string) =>
    read(
      { 'a.yml': text },
      { variables: { TOKEN: 'hunter22', OPEN: 'main' }, secretVariables: ['TOKEN'] },
    ).problems.map(sayProblem)

  test('stand in no name, no link, and nothing else that is shown', () => {
    const said = secrets(`flavor: ecs_cluster
pcf_name: a-\${TOKEN}
desired_state: \${TOKEN}
parents: ["ecs_cluster:\${TOKEN}"]
children: ["\${TOKEN}:a"]
persist_on_update: \${TOKEN}
aws_resource:
  clusterName: \${OPEN}
  region_name: eu-\${TOKEN}-1
  tags: [{key: token, value: "\${TOKEN}"}]
  custom_config: {ignore: ["\${TOKEN}"]}
---
flavor: \${TOKEN}
pcf_name: b
aws_resource: {}
---
flavor: quasiparticle
pcf_name: \${OPEN}
particles:
  - {flavor: ecs_cluster, pcf_name: "\${TOKEN}", multiplier: "\${TOKEN}", base_particle_config: "\${TOKEN}", aws_resource: {clusterName: c}}
`)
    const places = ['2:11', '3:16', '4:11', '5:12', '6:20', '9:16', '11:28', '13:9', '20:37', '20:61', '20:95']
    expect(said.map(problem => problem.split(' ')[0])).toEqual(places.map(place => `a.yml:${place}`))
    expect(said[0]).toBe(
      'a.yml:2:11 pcf_name: ${TOKEN} is a secret variable, and what stands here is shown; write it out, or take the name out of secret-variables',
    )
    expect(said.join()).not.toContain('hunter22')
  })

  test('stand in a definition, and no message shows them there', () => {
    expect(
      secrets(cluster('aws_resource: {clusterName: a, tags: [{key: "${TOKEN}", value: "a-${TOKEN}"}]}\n')),
    ).toEqual([])
    const said = secrets(cluster(`aws_resource: {clusterName: "a \${TOKEN}", settings: "\${TOKEN}"}\n`))
    expect(said).toHaveLength(2)
    expect(said.join()).not.toContain('hunter22')
  })
})
