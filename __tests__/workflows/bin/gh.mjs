/** As much of GitHub's command line as script/release uses. Tags and releases are the file GITHUB_STATE; `--jq` is done by the real jq. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const file = process.env.GITHUB_STATE
const { workflowsDiffer, tags, releases } = JSON.parse(readFileSync(file, 'utf8'))
const all = process.argv.slice(2)
const option = name => all.find((_, index) => all[index - 1] === name)
const field = name =>
  all
    .find((text, index) => /^--(raw-)?field$/.test(all[index - 1]) && text.startsWith(`${name}=`))
    ?.slice(name.length + 1)

function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

const save = () => writeFileSync(file, JSON.stringify({ workflowsDiffer, tags, releases }))

function release(verb, tag) {
  if (verb === 'view' && !(tag in releases)) fail('release not found')
  if (verb !== 'create') return
  if (tag in releases) fail(`a release with the same tag name already exists: ${tag}`)
  const notes = readFileSync(option('--notes-file'), 'utf8')
  releases[tag] = { latest: all.includes('--latest=true'), notes }
  save()
}

const said = answer =>
  process.stdout.write(spawnSync('jq', ['--raw-output', option('--jq')], { input: JSON.stringify(answer) }).stdout)

const matching = begin =>
  said(
    Object.keys(tags)
      .filter(tag => tag.startsWith(begin))
      .map(tag => ({ ref: `refs/tags/${tag}` })),
  )

function moveTag(path) {
  // GitHub's own token may not move a tag where workflow files differ.
  if (workflowsDiffer && !process.env.GH_TOKEN?.startsWith('github_pat_'))
    fail('refusing to allow a GitHub App to create or update workflow without workflows permission')
  const tag = (field('ref') ?? path).split('/').pop()
  if (option('--method') === 'POST' && tag in tags) fail('Reference already exists')
  if (option('--method') === 'PATCH' && !(tag in tags)) fail('Reference does not exist')
  tags[tag] = field('sha')
  save()
}

if (all[0] === 'release') release(all[1], all[2])
else {
  const path = all.find(text => text.startsWith('repos/'))
  const begin = /git\/matching-refs\/tags\/(.*)$/.exec(path)?.[1]
  if (begin !== undefined) matching(begin)
  else if (path.endsWith('/releases'))
    said(Object.keys(releases).map(tag => ({ tag_name: tag, draft: false, prerelease: false })))
  else moveTag(path)
}
